using Xunit;

namespace Scalelite.Api.Tests.Recordings;

/// <summary>One balancer with recordings for all tests of a class; they tell theirs apart by id, meetingID or metadata.</summary>
public class SharedRecordings : IAsyncLifetime
{
    private RecordingHost? _host;

    internal RecordingHost Host => _host!;

    public async Task InitializeAsync() => _host = await RecordingHost.StartAsync();

    public async Task DisposeAsync() => await Host.DisposeAsync();

    internal static string NewName(string start = "room") => $"{start}-{Guid.NewGuid():n}";
}
