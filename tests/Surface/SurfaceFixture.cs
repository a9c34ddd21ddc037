using Npgsql;

namespace Scalelite.Surface;

public sealed class SurfaceFixture
{
    public IDocumentStore Store => throw new NotSupportedException();
    public NpgsqlDataSource Database => throw new NotSupportedException();
    public IServiceProvider Services => throw new NotSupportedException();
    public Journal Journal { get; } = new();
    public Task<int> DeadLetters(Type message, int seconds) => throw new NotSupportedException();
}
