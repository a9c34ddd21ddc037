using System.Buffers;

namespace Scalelite.BigBlueButton.Nodes;

/// <summary>
/// A request's body on its way to a node. It is read only when the connection to the node is open. What was read is kept up to
/// <see cref="Keep"/>, so that it can be sent again to another node; of a larger one nothing is held.
/// </summary>
public sealed class NodeBody
{
    /// <summary>Bytes that are kept to be sent again: 1 MiB.</summary>
    public const int Keep = 1024 * 1024;

    private const int Chunk = 64 * 1024;

    private readonly Stream _source;
    private ArrayBufferWriter<byte>? _kept;
    private Task _written = Task.CompletedTask;

    /// <summary>A body that arrives while it is sent.</summary>
    /// <param name="contentType">Sent as it is.</param>
    /// <param name="source">Read once, from where it stands; it remains the caller's.</param>
    /// <param name="length">Where the caller told it; otherwise the body is sent in chunks.</param>
    public NodeBody(string contentType, Stream source, long? length)
    {
        ContentType = contentType;
        _source = source;
        Length = length;
        _kept = new ArrayBufferWriter<byte>();
    }

    /// <summary>A body that is here already and can be sent any number of times.</summary>
    public NodeBody(string contentType, ReadOnlySpan<byte> bytes)
    {
        ContentType = contentType;
        _source = Stream.Null;
        Length = bytes.Length;
        _kept = new ArrayBufferWriter<byte>(Math.Max(1, bytes.Length));
        _kept.Write(bytes);
    }

    /// <summary>Sent as it is.</summary>
    public string ContentType { get; }

    /// <summary>Bytes in all, where they are known.</summary>
    public long? Length { get; }

    /// <summary>All of it can still be sent: nothing was read yet, or all that was read is kept.</summary>
    public bool CanBeSent => _kept is not null;

    internal async Task WriteToAsync(Stream to, NodeExchange exchange, CancellationToken cancellation)
    {
        var before = _written;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _written = Task.WhenAll(before, done.Task);
        var buffer = ArrayPool<byte>.Shared.Rent(Chunk);
        try
        {
            // A call that was given up may still be reading.
            await before.WaitAsync(cancellation).ConfigureAwait(false);
            if (_kept is null)
            {
                throw new InvalidOperationException("The body was partly sent before and is not kept");
            }

            if (_kept.WrittenCount > 0)
            {
                await to.WriteAsync(_kept.WrittenMemory, cancellation).ConfigureAwait(false);
            }

            while (await ReadAsync(buffer, exchange, cancellation).ConfigureAwait(false) is var read and > 0)
            {
                await to.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            done.SetResult();
        }
    }

    private async Task<int> ReadAsync(byte[] buffer, NodeExchange exchange, CancellationToken cancellation)
    {
        exchange.AwaitCaller();
        int read;
        try
        {
            read = await _source.ReadAsync(buffer, cancellation).ConfigureAwait(false);
        }
        catch (Exception broken) when (broken is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            exchange.BodyFailure = broken;
            throw;
        }

        exchange.AwaitNode();
        if (read > 0 && _kept is { } kept)
        {
            if (Length > Keep || kept.WrittenCount + read > Keep)
            {
                _kept = null;
            }
            else
            {
                kept.Write(buffer.AsSpan(0, read));
            }
        }

        return read;
    }
}
