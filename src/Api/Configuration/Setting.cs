namespace Scalelite.Api.Configuration;

/// <summary>One setting as the reference shows it.</summary>
/// <param name="Name">Its environment variable.</param>
/// <param name="Key">Its key in <c>appsettings.json</c>, for the settings that Scalelite does not have.</param>
/// <param name="Default">What holds where it is not set, for a person.</param>
/// <param name="Allowed">What it may be, for a person; also the end of an error message.</param>
/// <param name="Meaning">What it does, one or two sentences.</param>
/// <param name="Example">A value that is accepted.</param>
/// <param name="IsSecret">Its value is never shown.</param>
internal abstract record Setting(
    string Name, string? Key, string Default, string Allowed, string Meaning, string Example, bool IsSecret);

/// <summary>One setting and how its text becomes a value.</summary>
/// <param name="Fallback">The value where it is not set.</param>
/// <param name="Parse">Reads a text that is not empty; the error, if any, says what is wrong beyond <c>Allowed</c>.</param>
internal sealed record Setting<T>(
    string Name,
    string? Key,
    string Default,
    string Allowed,
    string Meaning,
    string Example,
    bool IsSecret,
    T Fallback,
    Func<string, Parsed<T>> Parse)
    : Setting(Name, Key, Default, Allowed, Meaning, Example, IsSecret);

/// <summary>A value, or that the text is none; <see cref="Why"/> says more where what is allowed does not say it all.</summary>
internal readonly record struct Parsed<T>(bool Succeeded, T Value, string? Why)
{
    public static implicit operator Parsed<T>(T value) => new(true, value, null);

    public static Parsed<T> Wrong(string? why = null) => new(false, default!, why);
}
