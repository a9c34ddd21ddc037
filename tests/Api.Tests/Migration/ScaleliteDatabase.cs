using Npgsql;
using Scalelite.Testing;

namespace Scalelite.Api.Tests.Migration;

/// <summary>A database with the tables of Scalelite 1.8 (schema 2023_06_27_141045).</summary>
internal static class ScaleliteDatabase
{
    private const string Tables =
        """
        create table recordings (
            id bigserial primary key, record_id character varying, meeting_id character varying, name character varying,
            published boolean not null default false, participants integer, state character varying,
            starttime timestamp without time zone, endtime timestamp without time zone, deleted_at timestamp without time zone,
            protected boolean not null default false, publish_updated boolean not null default false);
        create index index_recordings_on_meeting_id on recordings (meeting_id);
        create unique index index_recordings_on_record_id on recordings (record_id);
        create table metadata (id bigserial primary key, recording_id bigint, key character varying, value character varying);
        create unique index index_metadata_on_recording_id_and_key on metadata (recording_id, key);
        create table playback_formats (
            id bigserial primary key, recording_id bigint, format character varying, url character varying, length integer, processing_time integer);
        create unique index index_playback_formats_on_recording_id_and_format on playback_formats (recording_id, format);
        create table thumbnails (
            id bigserial primary key, playback_format_id bigint, width integer, height integer, alt character varying, url character varying, sequence integer);
        create index index_thumbnails_on_playback_format_id on thumbnails (playback_format_id);
        create table callback_data (
            id bigserial primary key, meeting_id character varying, recording_id integer, callback_attributes text,
            created_at timestamp(6) without time zone not null default now(), updated_at timestamp(6) without time zone not null default now());
        """;

    /// <summary>An empty one.</summary>
    public static async Task<TestDatabase> CreateAsync()
    {
        var database = await TestDatabase.CreateAsync("scalelite");
        await RunAsync(database, Tables);
        return database;
    }

    /// <summary>Runs statements.</summary>
    public static async Task RunAsync(TestDatabase database, string sql)
    {
        await using var command = database.Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Its URL, as an operator writes it.</summary>
    public static string UrlOf(TestDatabase database)
    {
        var connection = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        return $"postgresql:///{connection.Database}?host={Uri.EscapeDataString(connection.Host!)}&port={connection.Port}&user={Uri.EscapeDataString(connection.Username!)}";
    }
}
