using System.Runtime.CompilerServices;
using Npgsql;
using Scalelite.Domain.Keeping;

namespace Scalelite.EventLog.Pruning;

/// <summary>Finds streams of past days and hours by their keys, by the primary key of <c>mt_streams</c>.</summary>
public static class PastStreams
{
    /// <summary>
    /// Keys between two words that differ in their last letter: whatever the database's collation says of hyphens and digits, all keys with
    /// the prefix lie between them, and hardly any other.
    /// $1, $2: the words. $3: length of the time at the key's end; $4: keys that end before it. $5, $6: after this time and key. $7: limit.
    /// </summary>
    internal const string Sql =
        """
        select id from mt_streams
        where id >= $1 and id < $2
          and (right(id, $3) collate "C") < $4 and ((right(id, $3) collate "C"), (id collate "C")) > ($5, $6)
        order by right(id, $3) collate "C", id collate "C"
        limit $7
        """;

    private const int Page = 500;

    /// <summary>Streams of polls and joins that ended at or before a moment, the oldest first; those of removed servers too.</summary>
    public static async IAsyncEnumerable<PastStream> EndedAsync(
        NpgsqlDataSource database, DateTimeOffset by, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (var stream in WithPrefixAsync(database, "polls-", "pollt", by.UtcDateTime.ToString("yyyyMMdd", null), cancellation))
        {
            if (stream.EndsAt <= by) yield return stream;
        }

        await foreach (var stream in WithPrefixAsync(database, "joins-", "joint", by.UtcDateTime.ToString("yyyyMMddHH", null), cancellation))
        {
            if (stream.EndsAt <= by) yield return stream;
        }
    }

    private static async IAsyncEnumerable<PastStream> WithPrefixAsync(
        NpgsqlDataSource database, string prefix, string next, string before, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var (time, id) = ("", "");
        while (true)
        {
            var page = new List<string>();
            await using (var command = database.CreateCommand(Sql))
            {
                foreach (var value in (object[])[prefix, next, before.Length, before, time, id, Page]) command.Parameters.AddWithValue(value);
                await using var row = await command.ExecuteReaderAsync(cancellation);
                while (await row.ReadAsync(cancellation)) page.Add(row.GetString(0));
            }

            foreach (var key in page)
            {
                if (PastStream.Read(key) is { } stream) yield return stream;
            }

            if (page.Count < Page) yield break;
            (id, time) = (page[^1], page[^1][^before.Length..]);
        }
    }
}
