-- Captions and subtitles that lie with recordings as caption_{lang}.vtt, one for a language.
create table if not exists recording_text_track (
    record_id text collate "C" not null,
    lang      text collate "C" not null,
    kind      text not null check (kind in ('captions', 'subtitles')),
    label     text not null,
    source    text not null,
    bytes     bigint not null,
    stored_at timestamptz not null,
    primary key (record_id, lang)
);
