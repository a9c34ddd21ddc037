create or replace view analytics.placements as
select
    p.instance,
    nullif(i.tenant_id, '') as tenant_id,
    t.name as tenant,
    i.meeting_id,
    p.placed_at,
    p.server_id,
    s.host as server_host,
    p.attempt,
    p.moved,
    p.policy,
    p.rule,
    p.tag,
    p.candidates,
    p.load::double precision as load,
    p.reserved,
    p.poll_age_seconds,
    p.outcome,
    p.reason,
    p.elapsed_ms
from placement p
left join meeting_instance i on i.instance = p.instance
left join tenant t on t.id = i.tenant_id
left join server s on s.id = p.server_id;

comment on view analytics.placements is 'Each time that a meeting was given to a server, why, and what came of it. A create that had to try two servers has two rows.';
comment on column analytics.placements.instance is 'The run of the meeting: meetings.instance.';
comment on column analytics.placements.tenant_id is 'The tenant; null without tenants.';
comment on column analytics.placements.tenant is 'The tenant''s name as it is now; null for one that was removed.';
comment on column analytics.placements.meeting_id is 'The meetingID that the client chose.';
comment on column analytics.placements.placed_at is 'When the server was chosen. Filter time ranges by this column: it has an index.';
comment on column analytics.placements.server_id is 'The server that was chosen.';
comment on column analytics.placements.server_host is 'The host of that server''s API; null for a server that has left the pool.';
comment on column analytics.placements.attempt is '1 for the first server that the create tried.';
comment on column analytics.placements.moved is 'The meeting ran already and moved here, or back here.';
comment on column analytics.placements.policy is 'The policy that chose; null where a meeting moved back to a copy with people in it.';
comment on column analytics.placements.rule is 'The rule that chose, in words.';
comment on column analytics.placements.tag is 'The server tag that was asked for, as it was asked; null for none.';
comment on column analytics.placements.candidates is 'How many servers could have been chosen.';
comment on column analytics.placements.load is 'The load of the chosen server as the policy weighed it, multiplier included.';
comment on column analytics.placements.reserved is 'The share of that load that no poll had shown yet, before the multiplier.';
comment on column analytics.placements.poll_age_seconds is 'How old the chosen server''s last good poll was; null if it had none.';
comment on column analytics.placements.outcome is 'placing, started, not_taken (the node did not take the request), uncertain (no answer to it), refused (the node answered FAILED), abandoned (nobody waited any more) or ended (the meeting was given up meanwhile).';
comment on column analytics.placements.reason is 'Why it failed, in words; null where it did not.';
comment on column analytics.placements.elapsed_ms is 'How long the node took to answer, in milliseconds; null while it has not.';
