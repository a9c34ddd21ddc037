using System.Buffers;
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Scalelite.Api.Migration;

/// <summary>A Redis did not answer, or not as it should; the message says what, never a password.</summary>
internal sealed class RedisException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// Reads sets and hashes from a Redis (RESP 2). One migration is all that ever asks a Redis, with three commands: that is not worth a
/// client library in the program.
/// </summary>
internal sealed class RedisReader : IAsyncDisposable
{
    // A set of a hundred thousand ids has a few megabytes; more than this is no answer of a Scalelite's.
    private const int LongestBulk = 64 * 1024 * 1024;
    private const int MostElements = 10_000_000;
    private const int Pipelined = 500;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly TcpClient _client;
    private readonly Stream _stream;

    private RedisReader(TcpClient client, Stream stream) => (_client, _stream) = (client, new BufferedStream(stream, 64 * 1024));

    /// <summary>Connects, presents the password and chooses the database.</summary>
    /// <exception cref="RedisException">That did not work.</exception>
    public static async Task<RedisReader> ConnectAsync(RedisAddress address, CancellationToken cancellation)
    {
        var client = new TcpClient { NoDelay = true };
        try
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            deadline.CancelAfter(Deadline);
            await client.ConnectAsync(address.Host, address.Port, deadline.Token);
            Stream stream = client.GetStream();
            if (address.Tls)
            {
                var tls = new SslStream(stream);
                await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = address.Host }, deadline.Token);
                stream = tls;
            }

            var reader = new RedisReader(client, stream);
            if (address.Password is { } password) await reader.AuthenticateAsync(address.User, password, cancellation);
            if (address.Database != 0)
                await reader.AskAsync(["SELECT", address.Database.ToString(CultureInfo.InvariantCulture)], cancellation);
            return reader;
        }
        catch (Exception e) when (e is SocketException or IOException or System.Security.Authentication.AuthenticationException)
        {
            client.Dispose();
            throw new RedisException($"Redis at {address.Host}:{address.Port} does not answer: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            client.Dispose();
            throw new RedisException($"Redis at {address.Host}:{address.Port} does not answer within {Deadline.TotalSeconds} s", e);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>The members of a set, in order; none where there is no such set.</summary>
    public async Task<IReadOnlyList<string>> MembersAsync(string key, CancellationToken cancellation) =>
        [.. Texts(await AskAsync(["SMEMBERS", key], cancellation)).Order(StringComparer.Ordinal)];

    /// <summary>The hashes at these keys, in their order; an empty one where there is none.</summary>
    public async Task<IReadOnlyList<IReadOnlyDictionary<string, string>>> HashesAsync(IReadOnlyList<string> keys, CancellationToken cancellation)
    {
        var hashes = new List<IReadOnlyDictionary<string, string>>(keys.Count);
        foreach (var some in keys.Chunk(Pipelined))
        {
            foreach (var answer in await AskAllAsync([.. some.Select(key => new[] { "HGETALL", key })], cancellation))
            {
                hashes.Add(Texts(answer).Chunk(2).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal));
            }
        }

        return hashes;
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _client.Dispose();
    }

    /// <summary>A Redis before version 6 has no users: there the password alone counts, as Scalelite's client has it.</summary>
    private async Task AuthenticateAsync(string? user, string password, CancellationToken cancellation)
    {
        try
        {
            await AskAsync(user is null ? ["AUTH", password] : ["AUTH", user, password], cancellation);
        }
        catch (RedisException e) when (user is not null && e.Message.Contains("wrong number of arguments", StringComparison.Ordinal))
        {
            await AskAsync(["AUTH", password], cancellation);
        }
    }

    private static IEnumerable<string> Texts(object? answer) => answer is object?[] array ? array.Select(element => element as string ?? "") : [];

    private async Task<object?> AskAsync(string[] command, CancellationToken cancellation) => (await AskAllAsync([command], cancellation))[0];

    private async Task<IReadOnlyList<object?>> AskAllAsync(IReadOnlyList<string[]> commands, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(Deadline);
        try
        {
            var request = new ArrayBufferWriter<byte>();
            foreach (var command in commands)
            {
                Write(request, $"*{command.Length}\r\n");
                foreach (var part in command) Write(request, $"${Encoding.UTF8.GetByteCount(part)}\r\n{part}\r\n");
            }

            await _stream.WriteAsync(request.WrittenMemory, deadline.Token);
            await _stream.FlushAsync(deadline.Token);
            var answers = new object?[commands.Count];
            for (var i = 0; i < answers.Length; i++) answers[i] = await ReadAsync(deadline.Token);
            return answers;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw new RedisException($"The connection to Redis broke off: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new RedisException($"Redis did not answer {commands[0][0]} within {Deadline.TotalSeconds} s", e);
        }
    }

    private static void Write(ArrayBufferWriter<byte> to, string text) => Encoding.UTF8.GetBytes(text, to);

    /// <summary>A text, a list of answers, or null.</summary>
    private async Task<object?> ReadAsync(CancellationToken cancellation)
    {
        var line = await ReadLineAsync(cancellation);
        switch (line[0])
        {
            case '+' or ':':
                return line[1..];
            case '-':
                throw new RedisException($"Redis refuses: {line[1..]}");
            case '$':
                var length = Number(line, LongestBulk);
                return length < 0 ? null : await ReadBulkAsync(length, cancellation);
            case '*':
                var count = Number(line, MostElements);
                if (count < 0) return null;
                var elements = new object?[count];
                for (var i = 0; i < count; i++) elements[i] = await ReadAsync(cancellation);
                return elements;
            default:
                throw new RedisException("What answers there is no Redis");
        }
    }

    private async Task<string> ReadBulkAsync(int length, CancellationToken cancellation)
    {
        var bytes = new byte[length + 2];
        await _stream.ReadExactlyAsync(bytes, cancellation);
        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellation)
    {
        var line = new List<byte>(64);
        var one = new byte[1];
        while (true)
        {
            await _stream.ReadExactlyAsync(one, cancellation);
            if (one[0] == '\n' && line.Count > 1 && line[^1] == '\r') return Encoding.UTF8.GetString([.. line[..^1]]);
            line.Add(one[0]);
            if (line.Count > 4096) throw new RedisException("What answers there is no Redis");
        }
    }

    private static int Number(string line, int most) =>
        int.TryParse(line.AsSpan(1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number <= most
            ? number
            : throw new RedisException("What answers there is no Redis");
}
