using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Scalelite.Simulator.Network;

/// <summary>What Kestrel calls for each request: straight to the node, without host, middleware or logging.</summary>
internal sealed class PoolApplication(Func<HttpContext, NodeConnection, Task> answer) : IHttpApplication<PoolApplication.Exchange>
{
    public Exchange CreateContext(IFeatureCollection contextFeatures)
    {
        // Kestrel keeps one exchange for each connection.
        var kept = contextFeatures as IHostContextContainer<Exchange>;
        var exchange = kept?.HostContext;
        if (exchange is null)
        {
            exchange = new Exchange(contextFeatures.GetRequiredFeature<NodeConnection>());
            if (kept is not null)
            {
                kept.HostContext = exchange;
            }
        }

        exchange.Http.Initialize(contextFeatures);
        return exchange;
    }

    public Task ProcessRequestAsync(Exchange context) => answer(context.Http, context.Connection);

    public void DisposeContext(Exchange context, Exception? exception) => context.Http.Uninitialize();

    internal sealed class Exchange(NodeConnection connection)
    {
        public DefaultHttpContext Http { get; } = new();

        public NodeConnection Connection => connection;
    }
}
