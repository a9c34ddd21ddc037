namespace Scalelite.Api.Demo;

/// <summary>A line of the story.</summary>
/// <param name="Actor">Whom it is about: a node's name, <c>pool</c>.</param>
internal readonly record struct StoryLine(string Actor, string Text, Tone Tone = Tone.Plain);

/// <summary>How a line is meant.</summary>
internal enum Tone
{
    /// <summary>As any other.</summary>
    Plain,

    /// <summary>Something began or is well again.</summary>
    Good,

    /// <summary>Something failed.</summary>
    Bad,

    /// <summary>Less worth reading.</summary>
    Quiet,
}
