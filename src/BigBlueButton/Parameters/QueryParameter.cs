namespace Scalelite.BigBlueButton.Parameters;

/// <summary>One <c>name=value</c> of a query, both decoded.</summary>
public readonly record struct QueryParameter(string Name, string Value);
