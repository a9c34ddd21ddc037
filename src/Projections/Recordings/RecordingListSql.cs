using System.Text;
using System.Text.Json;
using Npgsql;
using Scalelite.Domain.Recordings;

namespace Scalelite.Projections.Recordings;

/// <summary>Makes the one statement that reads a list of recordings: the total first, then the rows.</summary>
internal sealed class RecordingListSql
{
    // What recording_metadata_value holds of a value, in characters.
    private const int IndexedLength = 200;

    // No text that begins with a prefix comes behind the prefix and this.
    private const string Highest = "\U0010FFFF";

    private const string Row = $"select {CatalogedRecording.Columns} from recording_catalog c where c.record_id = p.record_id offset 0";

    private const string PageRows =
        $"""
        select counted.total, r.*
        from counted left join page p on true left join lateral ({Row}) r on true
        order by p.start_time desc, p.record_id
        """;

    private readonly List<object> _values = [];
    private readonly List<string> _conditions = [];

    private RecordingListSql()
    {
    }

    /// <summary>
    /// The statement; its columns are the total (0 where there is no limit) and <see cref="CatalogedRecording.Columns"/>, null in a page without rows.
    /// </summary>
    /// <param name="hasTrigrams">There is an index for values that are sought by their end or middle.</param>
    public static NpgsqlBatchCommand Of(RecordingFilter filter, bool hasTrigrams) => new RecordingListSql().Command(filter, hasTrigrams);

    /// <summary>
    /// How PostgreSQL is to go about it, to stand before the statement in its batch. It takes a prefix for thousands of rows and would compile
    /// the plan, which lasts longer than the list. And how rare a pattern is only its value tells: such a list is planned anew each time.
    /// </summary>
    public static NpgsqlBatchCommand PlanningOf(RecordingFilter filter) => new(
        IsPlannedAnew(filter)
            ? "select set_config('jit', 'off', true), set_config('plan_cache_mode', 'force_custom_plan', true)"
            : "select set_config('jit', 'off', true)");

    /// <summary>Whether a plan for any values is not good enough.</summary>
    internal static bool IsPlannedAnew(RecordingFilter filter) => filter.Metadata.Any(meta => !meta.IsExact);

    private NpgsqlBatchCommand Command(RecordingFilter filter, bool hasTrigrams)
    {
        var selects = filter.RecordIds is not null || filter.MeetingIds is not null
            || filter.Metadata.Any(meta => !meta.AnyStart || (hasTrigrams && meta.Value.Length > 0));
        var text = selects ? Matched(filter) : Walked(filter);
        var command = new NpgsqlBatchCommand(text);
        foreach (var value in _values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }

    /// <summary>All that match are gathered by an index, counted and put in order.</summary>
    private string Matched(RecordingFilter filter)
    {
        var from = "recording_catalog c";
        if (filter.RecordIds is { } records)
        {
            var prefixes = Apart(records);
            // One walk of the index for each prefix, however many recordings PostgreSQL takes it for.
            from = $"unnest({Value(prefixes)}::text[], {Value(prefixes.Select(p => p + Highest).ToArray())}::text[]) p (low, high) "
                + "cross join lateral (select * from recording_catalog r where r.record_id >= p.low and r.record_id < p.high offset 0) c";
        }

        if (filter.MeetingIds is { } meetings)
        {
            _conditions.Add($"c.meeting_id = any({Value(meetings.ToArray())})");
        }

        if (filter.TenantId is { } tenant)
        {
            _conditions.Add($"c.tenant_id = {Value(tenant)}");
        }

        if (filter.States is { } states)
        {
            _conditions.Add($"c.state = any({Value(states.Select(CatalogedRecording.NameOf).ToArray())})");
        }

        AddMetadata(filter.Metadata);
        var matched = $"select c.record_id, c.start_time from {from}{Where()}";
        return filter.Limit is null ? Unpaged(matched) : Paged(matched, "select count(*) as total from matched", filter);
    }

    /// <summary>
    /// Read in order until the page is full. The total is what the projection counted; where the rows are filtered too, it is as many as were
    /// found, one more than the page where there are more.
    /// </summary>
    private string Walked(RecordingFilter filter)
    {
        AddMetadata(filter.Metadata);
        var isFiltered = _conditions.Count > 0;
        var conditions = string.Concat(_conditions.Select(condition => $" and {condition}"));
        _conditions.Clear();
        var states = filter.States ?? Enum.GetValues<RecordingState>();
        var walk = filter.TenantId is { } tenant && states.Count > 0 ? OfTenant(Value(tenant), states, conditions) : OfAll(filter, conditions);
        if (filter.Limit is null)
        {
            return Unpaged(walk);
        }

        return isFiltered
            ? Paged($"{walk} limit {MostOf(filter)}", $"select least(count(*), {MostOf(filter)}) as total from matched", filter)
            : $"""
                with page as materialized (
                    {walk} {OffsetOf(filter)}
                ), counted as (
                    select coalesce(sum(k.recordings), 0)::bigint as total from recording_count k{CountedWhere(filter)}
                )
                {PageRows}
                """;
    }

    /// <summary>Of one tenant: its states are walked side by side and merged, entry by entry of the index.</summary>
    private string OfTenant(string tenant, IReadOnlyList<RecordingState> states, string conditions)
    {
        var walks = states.Select(state =>
            $"(select c.record_id, c.start_time from recording_catalog c where c.tenant_id = {tenant} and c.state = {Value(CatalogedRecording.NameOf(state))}{conditions} "
            + "order by c.start_time desc, c.record_id)");
        return $"select m.record_id, m.start_time from ({string.Join(" union all ", walks)}) m order by m.start_time desc, m.record_id";
    }

    /// <summary>Of all tenants: as much of each tenant and state as the page could take is put in order.</summary>
    private string OfAll(RecordingFilter filter, string conditions) =>
        $"""
        select w.record_id, w.start_time
        from recording_count k
        cross join lateral (
            select c.record_id, c.start_time from recording_catalog c
            where c.tenant_id = k.tenant_id and c.state = k.state{conditions}
            order by c.start_time desc, c.record_id
            limit {MostOf(filter)}
        ) w{CountedWhere(filter)}
        order by w.start_time desc, w.record_id
        """;

    private string CountedWhere(RecordingFilter filter)
    {
        var states = (filter.States ?? Enum.GetValues<RecordingState>()).Select(CatalogedRecording.NameOf).ToArray();
        return $" where k.state = any({Value(states)})" + (filter.TenantId is { } tenant ? $" and k.tenant_id = {Value(tenant)}" : "");
    }

    /// <summary>Without a limit. Rows are fetched by their keys, one after the other in their order: a list without an end begins to flow at once.</summary>
    private static string Unpaged(string matched) =>
        $"""
        select 0::bigint, r.*
        from (select m.record_id, m.start_time from ({matched}) m order by m.start_time desc, m.record_id offset 0) p
        cross join lateral ({Row}) r
        order by p.start_time desc, p.record_id
        """;

    /// <summary>With a limit: the total comes with the first row, or alone.</summary>
    private string Paged(string matched, string counted, RecordingFilter filter) =>
        $"""
        with matched as materialized (
            {matched}
        ), page as materialized (
            select record_id, start_time from matched order by start_time desc, record_id {OffsetOf(filter)}
        ), counted as (
            {counted}
        )
        {PageRows}
        """;

    /// <summary>What the page could take and one more.</summary>
    private string MostOf(RecordingFilter filter) => filter.Limit is { } limit ? Value((long)filter.Offset + limit + 1) : "null";

    private string OffsetOf(RecordingFilter filter) => $"offset {Value((long)filter.Offset)} limit {Value((long)filter.Limit!)}";

    private void AddMetadata(IReadOnlyList<MetadataFilter> metadata)
    {
        var exact = metadata.Where(meta => meta.IsExact).ToArray();
        foreach (var same in exact.GroupBy(meta => meta.Key))
        {
            // One key cannot have two values: then nothing matches, as containment of both says by itself.
            foreach (var meta in same)
            {
                _conditions.Add($"c.metadata @> {Value(JsonSerializer.Serialize(new Dictionary<string, string> { [meta.Key] = meta.Value }))}::jsonb");
            }
        }

        foreach (var meta in metadata.Where(meta => !meta.IsExact))
        {
            _conditions.Add($"exists (select from recording_metadata m where m.record_id = c.record_id and m.key = {Value(meta.Key)} and {Matches(meta)})");
        }
    }

    private string Matches(MetadataFilter meta)
    {
        if (meta.Value.Length == 0)
        {
            return "m.value is not null";
        }

        if (meta.AnyStart)
        {
            return $"m.value like {Value($"%{Escape(meta.Value)}{(meta.AnyEnd ? "%" : "")}")}";
        }

        var low = First(meta.Value, IndexedLength);
        return $"left(m.value, {IndexedLength}) collate \"C\" >= {Value(low)} and left(m.value, {IndexedLength}) collate \"C\" < {Value(low + Highest)} "
            + $"and starts_with(m.value, {Value(meta.Value)})";
    }

    private string Where() => _conditions.Count == 0 ? "" : $" where {string.Join(" and ", _conditions)}";

    private string Value(object value)
    {
        _values.Add(value);
        return $"${_values.Count}";
    }

    /// <summary>Without those that begin with another one: no recording is found twice.</summary>
    private static string[] Apart(IReadOnlyList<string> prefixes)
    {
        var apart = new List<string>();
        foreach (var prefix in prefixes.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            if (apart.Count == 0 || !prefix.StartsWith(apart[^1], StringComparison.Ordinal))
            {
                apart.Add(prefix);
            }
        }

        return [.. apart];
    }

    private static string First(string text, int characters)
    {
        var first = new StringBuilder();
        foreach (var rune in text.EnumerateRunes().Take(characters))
        {
            first.Append(rune.ToString());
        }

        return first.ToString();
    }

    private static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);
}
