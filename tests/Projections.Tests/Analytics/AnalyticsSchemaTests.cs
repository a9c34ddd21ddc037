using Scalelite.Projections.Analytics;
using Scalelite.Projections.Tests.Histories;
using Xunit;

namespace Scalelite.Projections.Tests.Analytics;

public sealed class AnalyticsSchemaTests : IAsyncLifetime
{
    private PoolHistory _history = null!;

    public async Task InitializeAsync() => _history = await PoolHistory.CreateAsync();

    public async Task DisposeAsync() => await _history.DisposeAsync();

    [Fact]
    public async Task The_schema_holds_views_and_nothing_else_and_each_with_each_column_has_a_comment()
    {
        Assert.Equal(
            AnalyticsSchema.Views.Select(view => view.Name).Order(StringComparer.Ordinal),
            await NamesAsync("select relname from pg_class where relnamespace = 'analytics'::regnamespace and relkind = 'v' order by relname collate \"C\""));
        Assert.Empty(await NamesAsync("select relname from pg_class where relnamespace = 'analytics'::regnamespace and relkind <> 'v'"));
        Assert.Empty(await NamesAsync(
            """
            select c.relname || coalesce('.' || a.attname, '')
            from pg_class c
            join (select attrelid, attname, attnum from pg_attribute where attnum > 0 union all select oid, null, 0 from pg_class) a on a.attrelid = c.oid
            where c.relnamespace = 'analytics'::regnamespace and coalesce(trim(col_description(c.oid, a.attnum)), obj_description(c.oid), '') = ''
               or (c.relnamespace = 'analytics'::regnamespace and a.attnum > 0 and col_description(c.oid, a.attnum) is null)
            """));
    }

    [Fact]
    public async Task Every_view_can_be_read_and_has_the_time_column_that_it_is_said_to_have()
    {
        await _history.AppendAsync(RichStory.Tell());
        foreach (var view in AnalyticsSchema.Views)
        {
            Assert.True(await _history.Database.ScalarAsync<long>($"select count(*) from analytics.{view.Name}") > 0, view.Name);
            if (view is not { Time: { } time, Source: var (table, source) }) continue;
            Assert.Equal(
                Assert.Single(await _history.Database.RowsAsync($"select min({time}), max({time}) from analytics.{view.Name}")),
                Assert.Single(await _history.Database.RowsAsync($"select min({source}), max({source}) from {table}")));
        }
    }

    [Fact]
    public async Task The_scripts_may_run_any_number_of_times()
    {
        foreach (var script in AnalyticsSchema.Scripts) await _history.Database.ExecuteAsync(script.Sql);
    }

    private async Task<IEnumerable<string>> NamesAsync(string sql) => (await _history.Database.RowsAsync(sql)).Select(row => (string)row[0]!);
}
