using Scalelite.Testing;
using Xunit;

namespace Scalelite.Api.Tests.Uploads;

/// <summary>A spool without room.</summary>
public sealed class FullSpoolTests : IAsyncLifetime, IDisposable
{
    private readonly SmallDisk _disk = new(Directory.CreateTempSubdirectory("full-spool-").FullName, "size=1m");
    private readonly UploadHost _host;

    public FullSpoolTests() => _host = new UploadHost { Spool = Path.Combine(_disk.Folder, "spool") };

    public Task InitializeAsync() => _host.InitializeAsync();

    public Task DisposeAsync() => _host.DisposeAsync();

    public void Dispose()
    {
        _disk.Dispose();
        Directory.Delete(_disk.Folder);
    }

    [Fact]
    public async Task A_node_is_told_of_a_full_disk_and_goes_on_where_it_was_when_there_is_room()
    {
        var (id, archive) = Archives.Notes(3_000_000);
        var token = UploadHost.Sign(UploadHost.Claims($"{id}.tar", archive));

        var full = await _host.PostAsync(token, new ByteArrayContent(archive));
        Assert.Equal((507, "{\"error\":\"the disk is full\"}"), (full.Status, full.Text));
        Assert.Equal(0L, await _host.Balancer.Database.ScalarAsync<long>("select count(*) from import_queue"));

        _disk.Change("size=64m");
        var here = (await _host.HeadAsync(token)).Offset!.Value;
        Assert.InRange(here, 1, 1 << 20);
        var rest = await _host.PostAsync(token, new ByteArrayContent(archive[(int)here..]), here);
        Assert.Equal(202, rest.Status);
        await _host.CompletedAsync(rest.Import!.Value);
        Assert.Equal(3_000_000, new FileInfo(Path.Combine(_host.Published, "notes", id, "big")).Length);
    }
}
