using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace Scalelite.BigBlueButton.Tests.Nodes;

/// <summary>A server on the loopback that does with each connection what a test says, byte by byte.</summary>
internal sealed class LoopbackNode : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<Connection, Task> _serve;
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Task _accepting;

    public LoopbackNode(Func<Connection, Task> serve)
    {
        _serve = serve;
        _listener.Server.ReceiveBufferSize = 64 * 1024;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public ConcurrentQueue<string> Heads { get; } = new();

    public int Connections => _connections.Count;

    public string Url => $"http://127.0.0.1:{Port}/bigbluebutton/api";

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public static LoopbackNode Answering(string body, int status = 200) => new(async connection =>
    {
        while (await connection.ReadHeadAsync() is not null)
        {
            await connection.AnswerAsync(body, status);
        }
    });

    public static LoopbackNode Hanging() => new(async connection =>
    {
        await connection.ReadHeadAsync();
        await connection.StopRequested;
    });

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                _connections.Add(Task.Run(() => ServeAsync(socket)));
            }
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            using var stream = new NetworkStream(socket, ownsSocket: true);
            await _serve(new Connection(this, socket, stream, _stop.Token));
        }
        catch (Exception over) when (over is OperationCanceledException or IOException or ObjectDisposedException or AuthenticationException)
        {
            socket.Dispose();
        }
    }

    internal sealed class Connection(LoopbackNode node, Socket socket, Stream stream, CancellationToken stop)
    {
        public Stream Stream => stream;

        public CancellationToken Stop => stop;

        public Task StopRequested => Task.Delay(Timeout.Infinite, stop);

        /// <summary>Request line and headers; null when the client closed.</summary>
        public async Task<string?> ReadHeadAsync()
        {
            var head = new StringBuilder();
            var one = new byte[1];
            while (await stream.ReadAsync(one, stop) == 1)
            {
                head.Append((char)one[0]);
                if (head.Length > 4 && head.ToString(head.Length - 4, 4) == "\r\n\r\n")
                {
                    node.Heads.Enqueue(head.ToString());
                    return head.ToString();
                }
            }

            return null;
        }

        public async Task<byte[]> ReadAsync(int length)
        {
            var bytes = new byte[length];
            await stream.ReadExactlyAsync(bytes, stop);
            return bytes;
        }

        public Task SendAsync(string text) => stream.WriteAsync(Encoding.UTF8.GetBytes(text), stop).AsTask();

        public Task AnswerAsync(string body, int status = 200) => SendAsync(
            $"HTTP/1.1 {status} X\r\nContent-Type: text/xml;charset=utf-8\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");

        public void Reset() => socket.Close(0);
    }
}
