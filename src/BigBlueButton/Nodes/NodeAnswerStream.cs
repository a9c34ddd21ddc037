namespace Scalelite.BigBlueButton.Nodes;

/// <summary>The body of a node's answer. Reading fails when the node falls silent; disposing gives the connection and the turn back.</summary>
internal sealed class NodeAnswerStream(Stream body, HttpResponseMessage response, NodeExchange exchange, SemaphoreSlim turn) : Stream
{
    private bool _isDisposed;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        exchange.AwaitNode();
        using var _ = cancellationToken.UnsafeRegister(static one => ((HttpResponseMessage)one!).Dispose(), response);
        try
        {
            return await body.ReadAsync(buffer, exchange.Token).ConfigureAwait(false);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        finally
        {
            exchange.AwaitCaller();
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("A node's answer is read asynchronously");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            response.Dispose();
            exchange.Dispose();
            turn.Release();
        }

        base.Dispose(disposing);
    }
}
