using Npgsql;
using Scalelite.Domain;
using Scalelite.Domain.Servers;
using Scalelite.Workers.Polling;
using Scalelite.Workers.Servers;

namespace Scalelite.Api.Migration;

/// <summary>Takes servers and live meetings over.</summary>
internal sealed class PoolTakeover(NpgsqlDataSource database, ServerOperations operations, PollRound polls)
{
    // A server that was added when a run before this one was stopped has no state of anybody's choice yet.
    private const string HasStateSql =
        """
        select exists (
            select from mt_events where stream_id = $1 and type in ('server_enabled', 'server_cordoned', 'server_disabled', 'server_drained', 'server_panicked'))
        """;

    /// <summary>Adds the servers that are not here, each with its id, and gives them their state.</summary>
    public async Task<TakenOver> ServersAsync(IReadOnlyList<ScaleliteServer> servers, bool dryRun, ChangedBy by, CancellationToken cancellation)
    {
        var taken = new TakenOver("servers");
        var holders = await HoldersAsync(cancellation);
        foreach (var server in servers)
        {
            if (!ServerAddress.IsId(server.Id) || ServerAddress.Normalize(server.Url) is not { } address)
            {
                taken.Skip($"server {server.Id}: '{server.Url}' is no URL of a node, or the id has signs that ids do not have here");
                continue;
            }

            var present = await ExistsAsync("select exists (select from server where id = $1)", server.Id, cancellation);
            if (!present && !holders.TryAdd(address, server.Id))
            {
                taken.Skip($"server {server.Id}: server {holders[address]} has its URL, {address}");
                continue;
            }

            if (present) taken.Present++;
            else taken.New++;
            if (dryRun || (present && await ExistsAsync(HasStateSql, Streams.Server(server.Id), cancellation))) continue;
            if (await TakeAsync(server, present, by, cancellation) is { } why)
            {
                taken.Skip($"server {server.Id}: {why}");
                if (present) taken.Present--;
                else taken.New--;
            }
        }

        return taken;
    }

    /// <summary>
    /// Asks every node which meetings it has: those that are not known here are adopted, with the tenant that Scalelite gave them as metadata.
    /// What Redis lists tells only which to expect.
    /// </summary>
    public async Task<TakenOver> MeetingsAsync(IReadOnlyList<ScaleliteMeeting> meetings, bool dryRun, CancellationToken cancellation)
    {
        var taken = new TakenOver("meetings");
        var ids = meetings.Select(meeting => meeting.MeetingId).ToArray();
        var before = await LocatedAsync(ids, cancellation);
        taken.Present = before.Count;
        if (dryRun)
        {
            taken.New = ids.Length - before.Count;
            return taken;
        }

        // Polls are events too: nothing is asked where nothing is missing.
        if (before.Count == ids.Length) return taken;
        var silent = (await polls.RunAsync(cancellation)).Where(node => node.Error is not null).ToDictionary(node => node.Server.Id, StringComparer.Ordinal);
        var after = await LocatedAsync(ids, cancellation);
        taken.New = after.Count - before.Count;
        foreach (var meeting in meetings.Where(meeting => !after.Contains(meeting.MeetingId)))
        {
            taken.Skip(silent.TryGetValue(meeting.ServerId, out var node)
                ? $"meeting {meeting.MeetingId}: its server {meeting.ServerId} does not answer ({node.Error}); the first poll that it answers takes the meeting over"
                : $"meeting {meeting.MeetingId}: its server {meeting.ServerId} does not have it (any more)");
        }

        return taken;
    }

    private async Task<string?> TakeAsync(ScaleliteServer server, bool present, ChangedBy by, CancellationToken cancellation)
    {
        if (!present
            && await operations.RegisterAsync(server.Url, server.Secret, server.LoadMultiplier, server.Tag, by, cancellation, server.Id)
                is ServerOutcome.Refused refused)
        {
            return refused.Why;
        }

        var outcome = server.State switch
        {
            "enabled" => await operations.EnableAsync(server.Id, by, cancellation),
            "cordoned" => await operations.CordonAsync(server.Id, by, cancellation),
            _ => new ServerOutcome.Done(server.Id),
        };
        return outcome is ServerOutcome.Refused why ? why.Why : null;
    }

    private async Task<bool> ExistsAsync(string sql, string id, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddWithValue(id);
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>The ids of the servers that are here, by URL.</summary>
    private async Task<Dictionary<string, string>> HoldersAsync(CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("select url, id from server");
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var holders = new Dictionary<string, string>(StringComparer.Ordinal);
        while (await rows.ReadAsync(cancellation)) holders[rows.GetString(0)] = rows.GetString(1);
        return holders;
    }

    private async Task<HashSet<string>> LocatedAsync(string[] meetingIds, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("select meeting_id from meeting_location where meeting_id = any($1)");
        command.Parameters.AddWithValue(meetingIds);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var located = new HashSet<string>(StringComparer.Ordinal);
        while (await rows.ReadAsync(cancellation)) located.Add(rows.GetString(0));
        return located;
    }
}
