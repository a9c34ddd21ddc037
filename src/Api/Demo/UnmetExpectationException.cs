namespace Scalelite.Api.Demo;

/// <summary>Something did not go as told.</summary>
/// <param name="expectation">What should have been, for a person.</param>
internal sealed class UnmetExpectationException(string expectation) : Exception(expectation);
