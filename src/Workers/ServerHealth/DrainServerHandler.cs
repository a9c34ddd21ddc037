using Scalelite.Domain;
using Scalelite.Domain.Servers;

namespace Scalelite.Workers.ServerHealth;

/// <summary>
/// Disables a cordoned server whose last meeting is gone. Asked again under the placement lock: a meeting that was placed
/// just before the cordon, or adopted since, keeps the server cordoned.
/// </summary>
public static class DrainServerHandler
{
    /// <summary>Disables the server, or does nothing.</summary>
    public static Task Handle(DrainServer drain, PlacementChange placement, TimeProvider time, CancellationToken cancellation) => placement.MakeAsync(
        new("select not exists (select from meeting_location where server_id = $1)") { Parameters = { new() { Value = drain.ServerId } } },
        session => session.DecideAsync<Server>(Streams.Server(drain.ServerId), server => server.Drain(time.GetUtcNow()), cancellation),
        cancellation);
}
