using Npgsql;
using Scalelite.Domain.Recordings;
using Scalelite.Projections.Recordings;
using Scalelite.Projections.Tests.Histories;
using Xunit;

namespace Scalelite.Projections.Tests.Recordings;

/// <summary>Metadata that is sought by the end or the middle of its value where pg_trgm may not be had.</summary>
public sealed class WithoutTrigramsTests : IAsyncLifetime
{
    private PoolHistory _history = null!;

    public async Task InitializeAsync()
    {
        _history = await PoolHistory.CreateAsync();
        for (var n = 0; n < 12; n++)
        {
            await _history.AppendAsync(GivenRecording.Imported(
                $"rec-{n:00}", tenant: n == 11 ? "t2" : "t1", published: n % 4 != 0, start: 1_700_000_000_000 + n, metadata: [("title", n % 2 == 0 ? "Algebra I" : "Analysis II")]));
        }
    }

    public async Task DisposeAsync() => await _history.DisposeAsync();

    [Theory]
    [InlineData("%I", null, null)]
    [InlineData("%Alg%", null, null)]
    [InlineData("%nothing", null, null)]
    [InlineData("%", 3, 2)]
    [InlineData("%bra I", 2, 1)]
    [InlineData("%sis II", 100, 0)]
    [InlineData("%I", 100, 50)]
    public async Task The_same_recordings_are_found_in_the_same_order_and_the_total_is_bounded_by_the_page(string pattern, int? limit, int? offset)
    {
        foreach (var tenant in new[] { "t1", null })
        {
            var filter = new RecordingFilter
            {
                TenantId = tenant,
                States = [RecordingState.Published, RecordingState.Unpublished],
                Metadata = [MetadataFilter.Of("title", pattern)],
                Limit = limit,
                Offset = offset ?? 0,
            };
            var (ids, total) = await ListAsync(filter);
            await _history.Database.ExecuteAsync("drop extension pg_trgm cascade");

            var (without, bounded) = await ListAsync(filter);

            Assert.Equal(ids, without);
            Assert.Equal(limit is { } most && total > most + filter.Offset ? most + filter.Offset + 1 : total, bounded);
            await _history.Database.ExecuteAsync(Script);
        }
    }

    [Fact]
    public async Task A_role_that_may_not_make_the_extension_goes_on_without_it()
    {
        var role = $"nobody_{Guid.NewGuid():n}";
        await _history.Database.ExecuteAsync($"drop extension pg_trgm cascade; create role {role}");
        try
        {
            await using var connection = await _history.Database.Source.OpenConnectionAsync();
            await using var command = new NpgsqlCommand($"set role {role}", connection);
            await command.ExecuteNonQueryAsync();
            command.CommandText = Script;
            await command.ExecuteNonQueryAsync();
            command.CommandText = "reset role";
            await command.ExecuteNonQueryAsync();
        }
        finally
        {
            await _history.Database.ExecuteAsync($"drop role {role}");
        }

        Assert.True(await _history.Database.ScalarAsync<bool>("select to_regclass('recording_metadata_trigrams') is null"));
        Assert.Equal(6, (await ListAsync(new RecordingFilter { TenantId = "t1", Metadata = [MetadataFilter.Of("title", "%bra I")] })).Ids.Count);
    }

    private static string Script => ReadModels.Scripts.Single(script => script.Name == "recording_metadata_trigrams").Sql;

    /// <summary>By a catalog that asks anew whether the index is there.</summary>
    private async Task<(List<string> Ids, long Total)> ListAsync(RecordingFilter filter)
    {
        await using var page = await new RecordingCatalog(_history.Database.Source).ListAsync(filter, CancellationToken.None);
        var ids = new List<string>();
        while (await page.NextAsync(CancellationToken.None) is { } recording) ids.Add(recording.RecordId);
        return (ids, page.Total);
    }
}
