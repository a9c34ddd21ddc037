using Scalelite.EventStore.Sessions;
using Xunit;

namespace Scalelite.EventStore.Tests;

public sealed class CommandTests(StoreDatabase database) : IClassFixture<StoreDatabase>
{
    [Theory]
    [InlineData("select 1", "select 1", 0)]
    [InlineData("select ?, ?::jsonb", "select $1, $2::jsonb", 2)]
    [InlineData("select '?', 'it''s ?', ?", "select '?', 'it''s ?', $1", 1)]
    [InlineData(@"select E'\'?', e'\\', ?", @"select E'\'?', e'\\', $1", 1)]
    [InlineData(@"select the'\', ?", @"select the'\', $1", 1)]
    [InlineData("select \"a?\"\"b?\", ?", "select \"a?\"\"b?\", $1", 1)]
    [InlineData("select ? -- who?\n, ?", "select $1 -- who?\n, $2", 2)]
    [InlineData("select /* ? /* ? */ ? */ ?", "select /* ? /* ? */ ? */ $1", 1)]
    [InlineData("select $$ ? $$, $a$ ? $$ $a$, ?", "select $$ ? $$, $a$ ? $$ $a$, $1", 1)]
    [InlineData("select a$b?, '", "select a$b$1, '", 1)]
    [InlineData("select ? - ? / ?", "select $1 - $2 / $3", 3)]
    public void A_question_mark_is_a_placeholder_where_it_is_not_text(string sql, string translated, int placeholders) =>
        Assert.Equal(new SqlText(translated, placeholders), SqlText.Of(sql));

    [Fact]
    public async Task Values_are_written_as_projections_mean_them()
    {
        await database.ExecuteAsync(
            "create table kinds (colour text, colours text[], at timestamptz, times timestamptz[], n int, ids uuid[], amount numeric, day date, flags boolean[], name text, maybe text[])");
        var at = new DateTimeOffset(2026, 11, 20, 9, 0, 0, TimeSpan.FromHours(1));
        var id = Guid.NewGuid();
        await database.SaveAsync(session => session.QueueSqlCommand(
            "insert into kinds values (?, ?, ?, ?, ?::int, ?, ?, ?, ?, ?::text, ?)",
            Colour.DeepBlue, new[] { Colour.Red, Colour.DeepBlue }, at, new[] { at, at.AddHours(1) }, null!, new[] { id },
            12.50m, new DateOnly(2026, 11, 20), new[] { true, false }, DBNull.Value, new string?[] { "a", null }));

        var row = Assert.Single(await database.RowsAsync("select * from kinds"));
        Assert.Equal("DeepBlue", row[0]);
        Assert.Equal(["Red", "DeepBlue"], (string[])row[1]!);
        Assert.Equal(at.UtcDateTime, row[2]);
        Assert.Equal([at.UtcDateTime, at.UtcDateTime.AddHours(1)], (DateTime[])row[3]!);
        Assert.Null(row[4]);
        Assert.Equal([id], (Guid[])row[5]!);
        Assert.Equal(12.50m, row[6]);
        Assert.Equal([true, false], (bool[])row[8]!);
        Assert.Null(row[9]);
        Assert.True(new string?[] { "a", null }.SequenceEqual((string?[])row[10]!));
    }
}
