using Npgsql;
using Scalelite.Testing;
using Scalelite.Workers.Placement;
using Xunit;

namespace Scalelite.Workers.Tests.Placement;

public sealed class PlacementLockTests
{
    [Fact]
    public async Task The_lock_is_taken_from_a_holder_that_stands_still_and_from_no_other()
    {
        await using var database = await TestDatabase.CreateAsync("placement_lock");
        await using var connection = await database.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await PlacementLock.TakeAsync(transaction, CancellationToken.None);
        // As where the holder froze in the middle of a batch: the timeout of an idle transaction does not see it.
        await using (var unseen = new NpgsqlCommand("set local idle_in_transaction_session_timeout = 0", connection, transaction))
        {
            await unseen.ExecuteNonQueryAsync();
        }

        await PlacementLock.BreakAsync(database.Source, CancellationToken.None);
        Assert.True(await HolderLivesAsync(), "a holder that was busy a moment ago has lost the lock");

        await Eventually.HoldsAsync(
            "the lock is taken away",
            async () =>
            {
                await PlacementLock.BreakAsync(database.Source, CancellationToken.None);
                return !await HolderLivesAsync();
            });

        async Task<bool> HolderLivesAsync()
        {
            await using var command = database.Source.CreateCommand("select exists (select from pg_stat_activity where pid = $1)");
            command.Parameters.AddWithValue(connection.ProcessID);
            return (bool)(await command.ExecuteScalarAsync())!;
        }
    }
}
