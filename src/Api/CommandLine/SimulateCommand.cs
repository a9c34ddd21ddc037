using System.CommandLine;
using System.Net;
using Scalelite.Simulator;
using Scalelite.Simulator.Recordings;

namespace Scalelite.Api.CommandLine;

/// <summary><c>scalelite simulate</c>: simulated nodes alone, to be added to a pool.</summary>
internal static class SimulateCommand
{
    public static Command Create()
    {
        var nodes = new Option<int>("--nodes") { Description = "How many nodes", DefaultValueFactory = _ => 4 };
        var port = new Option<int>("--port") { Description = "The first node's port; the others follow. 0 takes free ones", DefaultValueFactory = _ => 8090 };
        var control = new Option<int>("--control-port") { Description = "Where faults are ordered. 0 takes a free one", DefaultValueFactory = _ => 8089 };
        var address = new Option<string>("--address") { Description = "The address to listen on", DefaultValueFactory = _ => "127.0.0.1" };
        var host = new Option<string>("--host") { Description = "The host name in the nodes' URLs", DefaultValueFactory = _ => "127.0.0.1" };
        var spool = new Option<string?>("--spool") { Description = "Record meetings that were created with record=true, and put their archives into this folder" };
        var padding = new Option<int>("--video-padding") { Description = "Bytes of nothing in each recorded video, before its index: players ask for ranges" };
        var json = CommonOptions.Json();
        nodes.Validators.Add(CommonOptions.Between(nodes, 1, 2000));
        port.Validators.Add(CommonOptions.Between(port, 0, 65_535));
        control.Validators.Add(CommonOptions.Between(control, 0, 65_535));
        padding.Validators.Add(CommonOptions.Between(padding, 0, 1 << 30));
        address.Validators.Add(result =>
        {
            if (!IPAddress.TryParse(result.GetValue(address), out _)) result.AddError($"'{result.GetValue(address)}' is not an address");
        });
        var command = new Command("simulate", "Run simulated BigBlueButton nodes until told to stop") { nodes, port, control, address, host, spool, padding, json };
        command.SetAction(async (arguments, cancellation) =>
        {
            var output = arguments.InvocationConfiguration.Output;
            try
            {
                await using var pool = await SimulatedPool.StartAsync(
                    new SimulatedPoolOptions
                    {
                        Nodes = arguments.GetValue(nodes),
                        FirstPort = arguments.GetValue(port),
                        ControlPort = arguments.GetValue(control),
                        Address = IPAddress.Parse(arguments.GetValue(address)!),
                        Host = arguments.GetValue(host)!,
                        Recordings = arguments.GetValue(spool) is { } folder ? RecordingInto(folder, arguments.GetValue(padding)) : null,
                    },
                    cancellation);
                var scope = new CommandScope(arguments, new(), EmptyServices.Instance);
                scope.WriteList(
                    [.. pool.Nodes.Select(node => new NodeRow(node.Name, node.Url, node.Secret))], arguments.GetValue(json), "No nodes",
                    new("node", row => row.Name), new("url", row => row.Url), new("secret", row => row.Secret));
                await output.FlushAsync(cancellation);
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return ExitCode.Done;
            }
            catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
            {
                await arguments.InvocationConfiguration.Error.WriteLineAsync(e.Message);
                return ExitCode.Refused;
            }
        });
        return command;
    }

    private static NodeRecordingOptions RecordingInto(string spool, int padding) => NodeRecordingOptions.IntoSpool(spool) with
    {
        Formats = [meeting => RecordedFormats.Presentation(meeting), meeting => RecordedFormats.Video(meeting, padding)],
    };

    private sealed record NodeRow(string Name, string Url, string Secret);

    private sealed class EmptyServices : IServiceProvider
    {
        public static readonly EmptyServices Instance = new();

        public object? GetService(Type serviceType) => null;
    }
}
