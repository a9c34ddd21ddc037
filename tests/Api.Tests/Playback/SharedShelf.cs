using Scalelite.Api.Tests.Calls;
using Scalelite.Workers.Configuration;
using Xunit;

namespace Scalelite.Api.Tests.Playback;

/// <summary>One balancer with recordings on a disk for all tests of a class.</summary>
public class SharedShelf : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("scalelite-playback-").FullName;
    private Balancer? _balancer;
    private Shelf? _shelf;

    internal Balancer Balancer => _balancer!;

    internal Shelf Shelf => _shelf!;

    internal string Folder => _folder;

    public async Task InitializeAsync()
    {
        _balancer = await StartAsync(Change);
        _shelf = new Shelf(_balancer, _folder);
    }

    public async Task DisposeAsync()
    {
        await Balancer.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Starts a balancer over these folders.</summary>
    internal Task<Balancer> StartAsync(Func<Settings, Settings> change) => Balancer.StartAsync(0, settings => change(settings with
    {
        Recordings = settings.Recordings with
        {
            PublishFolder = Path.Combine(_folder, "published"),
            UnpublishFolder = Path.Combine(_folder, "unpublished"),
        },
        Playback = settings.Playback with { ProtectionEnabled = true },
    }));

    internal Task<Reply> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, headers);

    internal Task<Reply> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers) =>
        Balancer.Lms.SendAsync(method, path, null, request =>
        {
            foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        });

    private protected virtual Settings Change(Settings settings) => settings;
}
