using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.Calls;

/// <summary>One balancer with two nodes for all tests of a class.</summary>
public class SharedBalancer : IAsyncLifetime
{
    private Balancer? _balancer;

    internal Balancer Balancer => _balancer!;

    public async Task InitializeAsync() => _balancer = await Balancer.StartAsync(2, Change);

    public async Task DisposeAsync() => await Balancer.DisposeAsync();

    /// <summary>An id that no other test has.</summary>
    internal static string NewId(string start = "room") => $"{start}-{Guid.NewGuid():n}";

    private protected virtual Settings Change(Settings settings) => settings;
}
