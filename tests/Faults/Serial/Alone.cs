namespace Scalelite.Faults.Serial;

/// <summary>Tests that measure times: nothing else of this project runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    /// <summary>The collection.</summary>
    public const string Name = "alone";
}
