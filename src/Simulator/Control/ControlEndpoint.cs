using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Scalelite.Simulator.Control;

/// <summary>
/// Tells the nodes what to do, from outside the process: <c>GET /simulator/nodes</c>, <c>GET /simulator/nodes/{name}</c> (its meetings, what
/// it was asked, what ended, what it recorded), <c>POST /simulator/faults</c> and <c>POST /simulator/users</c>.
/// </summary>
internal sealed class ControlEndpoint(SimulatedPool pool)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public async Task AnswerAsync(HttpContext http)
    {
        var path = http.Request.Path.Value?.TrimEnd('/') ?? "";
        const string One = "/simulator/nodes/";
        switch (http.Request.Method, path)
        {
            case ("GET", "/simulator/nodes"):
                await WriteAsync(http, 200, pool.Nodes.Select(NodeView.Of)).ConfigureAwait(false);
                break;
            case ("GET", _) when path.StartsWith(One, StringComparison.Ordinal) && pool[path[One.Length..]] is { } node:
                await WriteAsync(http, 200, new { Node = NodeView.Of(node), node.Meetings, node.Ended, node.Published, node.Journal.Ends, node.Journal.Entries }).ConfigureAwait(false);
                break;
            case ("POST", "/simulator/faults"):
                await OrderAsync<FaultOrder>(http, o => o.Node, o => o.Action).ConfigureAwait(false);
                break;
            case ("POST", "/simulator/users"):
                await OrderAsync<UserOrder>(http, o => o.Node, UsersOf).ConfigureAwait(false);
                break;
            default:
                await WriteAsync(http, 404, new { Error = "There is no such page or node." }).ConfigureAwait(false);
                break;
        }
    }

    private static Action<SimulatedNode>? UsersOf(UserOrder order) => order switch
    {
        { MeetingID: null } => null,
        { Users: < 0 } => node => node.RemoveUsers(order.MeetingID, -order.Users),
        _ => node => node.AddUsers(order.MeetingID, order.Users, order.Moderators),
    };

    private async Task OrderAsync<T>(HttpContext http, Func<T, string?> nodeOf, Func<T, Action<SimulatedNode>?> actionOf)
    {
        try
        {
            var order = await JsonSerializer.DeserializeAsync<T>(http.Request.Body, Json, http.RequestAborted).ConfigureAwait(false);
            if (order is null || actionOf(order) is not { } action)
            {
                await WriteAsync(http, 400, new { Error = "The order names no known kind or no meeting." }).ConfigureAwait(false);
                return;
            }

            var name = nodeOf(order);
            var nodes = name is null or "*" ? pool.Nodes : pool[name] is { } one ? [one] : [];
            foreach (var node in nodes)
            {
                action(node);
            }

            await WriteAsync(http, nodes.Count == 0 ? 404 : 200, nodes.Select(NodeView.Of)).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            await WriteAsync(http, 400, new { Error = failure.Message }).ConfigureAwait(false);
        }
    }

    private static async Task WriteAsync<T>(HttpContext http, int status, T body)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, Json);
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.ContentLength = bytes.Length;
        await http.Response.BodyWriter.WriteAsync(bytes).ConfigureAwait(false);
    }
}
