namespace Scalelite.EventStore.Sessions;

/// <summary>Finds where the parts of a statement end in which a <c>?</c> is only a character.</summary>
internal static class SqlSkip
{
    /// <summary>The index after the literal, quoted name or comment that starts at <paramref name="start"/>; <paramref name="start"/> if none does.</summary>
    public static int EndOfOpaque(string sql, int start) => sql[start] switch
    {
        '\'' => EndOfQuoted(sql, start, '\'', escapes: IsEscapeString(sql, start)),
        '"' => EndOfQuoted(sql, start, '"', escapes: false),
        '-' when Next(sql, start) == '-' => EndOfLine(sql, start),
        '/' when Next(sql, start) == '*' => EndOfComment(sql, start),
        '$' => EndOfDollarQuoted(sql, start),
        _ => start,
    };

    private static char Next(string sql, int i) => i + 1 < sql.Length ? sql[i + 1] : '\0';

    private static bool IsNameCharacter(char c) => char.IsLetterOrDigit(c) || c is '_';

    // E'it''s\'' : a backslash escapes only there.
    private static bool IsEscapeString(string sql, int quote) =>
        quote > 0 && sql[quote - 1] is 'e' or 'E' && (quote == 1 || !IsNameCharacter(sql[quote - 2]));

    private static int EndOfQuoted(string sql, int start, char quote, bool escapes)
    {
        for (var i = start + 1; i < sql.Length; i++)
        {
            if (escapes && sql[i] == '\\') i++;
            else if (sql[i] == quote && Next(sql, i) == quote) i++;
            else if (sql[i] == quote) return i + 1;
        }

        return sql.Length;
    }

    private static int EndOfLine(string sql, int start)
    {
        var end = sql.IndexOf('\n', start);
        return end < 0 ? sql.Length : end;
    }

    private static int EndOfComment(string sql, int start)
    {
        var depth = 0;
        for (var i = start; i < sql.Length; i++)
        {
            if (sql[i] == '/' && Next(sql, i) == '*')
            {
                depth++;
                i++;
            }
            else if (sql[i] == '*' && Next(sql, i) == '/')
            {
                depth--;
                i++;
                if (depth == 0) return i + 1;
            }
        }

        return sql.Length;
    }

    // $$ … $$ or $tag$ … $tag$; not $1, and not a $ inside a name.
    private static int EndOfDollarQuoted(string sql, int start)
    {
        if (start > 0 && IsNameCharacter(sql[start - 1])) return start;
        var i = start + 1;
        while (i < sql.Length && IsNameCharacter(sql[i])) i++;
        if (i >= sql.Length || sql[i] != '$' || char.IsDigit(Next(sql, start))) return start;
        var tag = sql[start..(i + 1)];
        var end = sql.IndexOf(tag, i + 1, StringComparison.Ordinal);
        return end < 0 ? sql.Length : end + tag.Length;
    }
}
