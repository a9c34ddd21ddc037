using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Npgsql;
using Scalelite.Projections.Analytics;
using Scalelite.Projections.Tests.Histories;
using Xunit;

namespace Scalelite.Projections.Tests.Analytics;

/// <summary>docs/analytics.md says what is.</summary>
public sealed partial class AnalyticsPageTests(AnalyticsPageTests.Morning morning) : IClassFixture<AnalyticsPageTests.Morning>
{
    private const string Begins = "<!-- views -->\n", Ends = "<!-- /views -->";

    public static TheoryData<string> Questions { get; } = [.. Question().Matches(Page()).Select(question => question.Groups["title"].Value)];

    [Fact]
    public void There_are_ten_questions() => Assert.Equal(10, Questions.Count);

    [Theory]
    [MemberData(nameof(Questions))]
    public async Task The_answer_to_a_question_is_what_its_SQL_gives_an_analyst(string title)
    {
        var question = Question().Matches(Page()).Single(question => question.Groups["title"].Value == title);
        Assert.Equal(question.Groups["answer"].Value.TrimEnd(), await morning.AnswerAsync(question.Groups["sql"].Value));
    }

    [Fact]
    public async Task The_views_are_described_as_their_comments_say()
    {
        var page = Page();
        var written = page[(page.IndexOf(Begins, StringComparison.Ordinal) + Begins.Length)..page.IndexOf(Ends, StringComparison.Ordinal)].Trim();
        Assert.True(
            written == (await AnalyticsReference.ToMarkdownAsync(morning.Source, default)).Trim(),
            "The views in docs/analytics.md are not what their comments say: dotnet run --project src/Api -- analytics views");
    }

    private static string Page([CallerFilePath] string here = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "docs", "analytics.md")).ReplaceLineEndings("\n");

    [GeneratedRegex(@"^### \d+\. (?<title>[^\n]+)\n(?:(?!###)[^\n]*\n)*?```sql\n(?<sql>.*?)```\n+```text\n(?<answer>.*?)```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Question();

    /// <summary>The morning, and an analyst who asks.</summary>
    public sealed class Morning : IAsyncLifetime
    {
        private readonly string _role = $"analyst_{Guid.NewGuid():n}";
        private PoolHistory _history = null!;

        internal NpgsqlDataSource Source => _history.Database.Source;

        public async Task InitializeAsync()
        {
            _history = await PoolHistory.CreateAsync();
            await SchoolMorning.TellAsync(_history);
            await new AnalyticsRoles(Source).GrantAsync(_role, create: true, password: null, default);
        }

        async Task IAsyncLifetime.DisposeAsync()
        {
            await _history.Database.ExecuteAsync($"drop owned by {_role}; drop role {_role}");
            await _history.DisposeAsync();
        }

        /// <summary>A table as the page prints it.</summary>
        internal async Task<string> AnswerAsync(string sql)
        {
            await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_history.Database.ConnectionString) { Username = _role, Pooling = false }.ConnectionString);
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand(sql, connection);
            await using var row = await command.ExecuteReaderAsync();
            List<string[]> lines = [[.. Enumerable.Range(0, row.FieldCount).Select(row.GetName)]];
            while (await row.ReadAsync()) lines.Add([.. Enumerable.Range(0, row.FieldCount).Select(i => Cell(row, i))]);
            var widths = Enumerable.Range(0, row.FieldCount).Select(i => lines.Max(line => line[i].Length)).ToArray();
            lines.Insert(1, [.. widths.Select(width => new string('-', width))]);
            return string.Join('\n', lines.Select(line => string.Join("  ", line.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd()));
        }

        private static string Cell(NpgsqlDataReader row, int i) => row.IsDBNull(i) ? "" : row.GetValue(i) switch
        {
            DateTime time => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            var value => string.Format(CultureInfo.InvariantCulture, "{0}", value),
        };
    }
}
