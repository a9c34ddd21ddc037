using Xunit;

namespace Scalelite.Api.Tests;

/// <summary>Tests that measure the memory of the whole process: nothing else of this project runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    /// <summary>The collection.</summary>
    public const string Name = "alone";
}
