namespace Scalelite.Domain.DialIn;

/// <summary>What the others in a meeting see of somebody who calls in.</summary>
public static class CallerName
{
    /// <summary>What is shown of somebody who hides, or says nothing.</summary>
    public const string Unavailable = "Unavailable";

    private const int Masked = 4;

    /// <summary>
    /// The caller's name; of a number all but its last four digits, which become <c>X</c>. Nothing of a name or number that its owner
    /// hides.
    /// </summary>
    /// <param name="name">As the provider sends it; a number where it knows no name.</param>
    /// <param name="hidesName">The caller hides their name.</param>
    /// <param name="hidesNumber">The caller hides their number.</param>
    public static string Of(string? name, bool hidesName, bool hidesNumber)
    {
        var text = Printable(name);
        if (text.Length == 0) return Unavailable;
        if (IsNumber(text)) return hidesNumber ? Unavailable : Mask(text);
        return hidesName ? Unavailable : text;
    }

    // A line break would end the header that a SIP client shows it in.
    private static string Printable(string? name) =>
        new string([.. (name ?? "").Select(c => char.IsControl(c) ? ' ' : c)]).Trim();

    /// <summary>Digits, with the signs that numbers are written with: none of them may let a number pass for a name.</summary>
    private static bool IsNumber(string text) =>
        text.Any(char.IsDigit) && text.All(c => char.IsDigit(c) || c is '+' or '-' or '(' or ')' or '/' or '.' or ' ');

    private static string Mask(string number)
    {
        var characters = number.ToCharArray();
        var left = Masked;
        for (var i = characters.Length - 1; i >= 0 && left > 0; i--)
        {
            if (!char.IsDigit(characters[i])) continue;
            characters[i] = 'X';
            left--;
        }

        return new string(characters);
    }
}
