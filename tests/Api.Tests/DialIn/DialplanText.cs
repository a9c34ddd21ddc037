using System.Text;

namespace Scalelite.Api.Tests.DialIn;

/// <summary>What FreeSWITCH makes of a text in a dial plan, as its switch_channel_expand_variables reads it.</summary>
internal static class DialplanText
{
    /// <summary>The text that an application gets; what would be expanded is shown as <c>&lt;EXPANDED …&gt;</c>.</summary>
    public static string Read(string text)
    {
        // Without a variable or an escape nothing is read at all.
        if (!text.Contains("${", StringComparison.Ordinal) && !HasEscapes(text)) return text;
        var result = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            var next = i + 1 < text.Length ? text[i + 1] : '\0';
            switch (text[i])
            {
                case '\\' when next is '$':
                    // The dollar sign and what follows it are taken as they are.
                    result.Append('$');
                    i++;
                    break;
                case '\\' when next is '\\' or '\'':
                    result.Append(next);
                    i++;
                    break;
                case '\\' when next is 'n':
                    result.Append('\n');
                    i++;
                    break;
                case '\\' when next is 's':
                    result.Append(' ');
                    i++;
                    break;
                case '$' when next is '{':
                    var end = text.IndexOf('}', i);
                    result.Append("<EXPANDED ").Append(text.AsSpan(i, (end < 0 ? text.Length : end + 1) - i)).Append('>');
                    i = end < 0 ? text.Length : end;
                    break;
                default:
                    result.Append(text[i]);
                    break;
            }
        }

        return result.ToString();
    }

    private static bool HasEscapes(string text)
    {
        for (var i = text.IndexOf('\\', StringComparison.Ordinal); i >= 0 && i + 1 < text.Length; i = text.IndexOf('\\', i + 1))
            if (text[i + 1] is '\\' or 'n' or 's' or '\'') return true;
        return false;
    }
}
