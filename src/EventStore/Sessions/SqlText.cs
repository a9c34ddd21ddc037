using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Scalelite.EventStore.Sessions;

/// <summary>A statement whose <c>?</c> placeholders were made PostgreSQL's own <c>$1</c>, <c>$2</c>, …</summary>
internal sealed record SqlText(string Text, int Placeholders)
{
    // Statements are constants of the program; the bound is for a caller that builds them from values all the same.
    private const int CacheLimit = 2048;

    private static readonly ConcurrentDictionary<string, SqlText> Cache = new(StringComparer.Ordinal);

    /// <summary>Translates a statement. A <c>?</c> in a literal, a quoted name or a comment stays as it is.</summary>
    public static SqlText Of(string sql)
    {
        if (Cache.TryGetValue(sql, out var known)) return known;
        var translated = Translate(sql);
        if (Cache.Count < CacheLimit) Cache.TryAdd(sql, translated);
        return translated;
    }

    private static SqlText Translate(string sql)
    {
        if (!sql.Contains('?', StringComparison.Ordinal)) return new(sql, 0);
        var text = new StringBuilder(sql.Length + 16);
        var placeholders = 0;
        for (var i = 0; i < sql.Length;)
        {
            var end = SqlSkip.EndOfOpaque(sql, i);
            if (end > i)
            {
                text.Append(sql, i, end - i);
                i = end;
            }
            else if (sql[i] == '?')
            {
                text.Append(CultureInfo.InvariantCulture, $"${++placeholders}");
                i++;
            }
            else
            {
                text.Append(sql[i++]);
            }
        }

        return new(text.ToString(), placeholders);
    }
}
