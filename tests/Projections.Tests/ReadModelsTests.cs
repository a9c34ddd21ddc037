using System.Reflection;
using Scalelite.Domain.Meetings;
using Scalelite.Domain.Servers;
using Scalelite.Projections.Tests.Histories;
using Xunit;

namespace Scalelite.Projections.Tests;

public sealed class ReadModelsTests
{
    [Fact]
    public async Task Every_read_model_is_what_a_rich_history_says_and_is_rebuilt_to_the_same_rows()
    {
        await using var history = await PoolHistory.CreateAsync();
        await history.AppendAsync(RichStory.Tell());
        var live = await history.RowsAsync();
        Assert.All(ReadModelRows.Tables, table => Assert.Contains(live, row => row.StartsWith($"{table} ", StringComparison.Ordinal)));
        await Task.WhenAll(ReadModels.All.Select(async model => Assert.Empty(await history.Rebuild.VerifyAsync(model))));

        foreach (var table in ReadModelRows.Tables) await DamageAsync(history, table);
        await Task.WhenAll(ReadModels.All.Select(async model =>
        {
            var differences = await history.Rebuild.VerifyAsync(model);
            Assert.Equal(model.Tables, differences.Select(difference => difference.Table));
            Assert.True(await history.Rebuild.RebuildAsync(model) > 0);
        }));

        Assert.Equal(live, await history.RowsAsync());
    }

    [Fact]
    public void Every_event_of_the_domain_is_in_the_rich_history()
    {
        var told = RichStory.Tell().Events.Select(e => e.Event.GetType()).ToHashSet();
        Assert.Empty(DomainEvents.Types.Except(told));
        Assert.Empty(told.Except(DomainEvents.Types));
    }

    [Fact]
    public void What_an_aggregate_applies_and_what_has_a_time_is_an_event_that_the_store_knows()
    {
        var domain = typeof(Meeting).Assembly.GetExportedTypes();
        var applied = domain.SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static))
            .Where(method => method.Name is "Apply" or "Create" && method.GetParameters().Length == 1)
            .Select(method => method.GetParameters()[0].ParameterType).Where(type => type != typeof(object));
        var timed = domain.Where(type => type is { IsClass: true, IsAbstract: false } && type.GetProperty("At")?.PropertyType == typeof(DateTimeOffset))
            .Where(type => type.Namespace is not ("Scalelite.Domain.Imbalance" or "Scalelite.Domain.WhatIf" or "Scalelite.Domain.History"));

        Assert.Empty(applied.Union(timed).Except(DomainEvents.Types));
        Assert.Contains(typeof(ServerRegistered), applied);
    }

    [Fact]
    public void The_store_runs_the_projection_of_every_read_model() =>
        Assert.Equal(
            ReadModels.All.Select(model => model.Projection.GetType()).ToHashSet(),
            DomainEvents.Projections.Select(projection => projection.GetType()).ToHashSet());

    /// <summary>Deletes every other row and changes every column of the rest.</summary>
    private static async Task DamageAsync(PoolHistory history, string table)
    {
        var checks = await history.Database.RowsAsync(
            "select quote_ident(conname) from pg_constraint where conrelid = to_regclass($1) and contype = 'c'", table);
        foreach (var check in checks) await history.Database.ExecuteAsync($"alter table {table} drop constraint {check[0]}");
        var columns = await history.Database.RowsAsync(
            "select quote_ident(attname), format_type(atttypid, null) from pg_attribute where attrelid = to_regclass($1) and attnum > 0 and not attisdropped",
            table);
        await history.Database.ExecuteAsync(
            $"""
            delete from {table} where ctid in (select ctid from (select ctid, row_number() over (order by ctid) as n from {table}) t where n % 2 = 0);
            update {table} set {string.Join(", ", columns.Select(column => $"{column[0]} = {Other((string)column[0]!, (string)column[1]!)}"))}
            """);
    }

    private static string Other(string column, string type) => type switch
    {
        "text" => $"coalesce({column}, '') || 'x'",
        "uuid" => $"md5(coalesce({column}::text, ''))::uuid",
        "timestamp with time zone" => $"coalesce({column}, 'epoch') + interval '1 hour'",
        "boolean" => $"not {column}",
        "jsonb" => $$"""{{column}} || '{"damaged": "yes"}'""",
        "text[]" => $"array_append({column}, 'x')",
        "uuid[]" => $"array_append({column}, '00000000-0000-0000-0000-000000000000')",
        _ when type.EndsWith("[]", StringComparison.Ordinal) => $"array_append({column}, 77)",
        _ => $"coalesce({column}, 0) + 1",
    };
}
