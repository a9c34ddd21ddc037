using System.Net.Http.Headers;
using System.Security.Cryptography;
using Xunit;

namespace Scalelite.Api.Tests.Calls;

/// <summary>Slides in the body of a create: streamed, never held.</summary>
[Collection(Alone.Name)]
public sealed class LargeBodyTests
{
    private const long Length = 100 << 20;
    private const long Most = 60 << 20;

    [Theory]
    [InlineData("create", true)]
    [InlineData("create", false)]
    [InlineData("insertDocument", false)]
    public async Task A_hundred_megabytes_arrive_whole_and_are_never_held(string call, bool chunked)
    {
        await using var node = await RecordingNode.StartAsync();
        await using var balancer = await Balancer.StartAsync(0);
        await balancer.RegisterAsync("recording", node.Url, RecordingNode.Secret);
        if (call == "insertDocument") await balancer.Lms.GetAsync("create", "name=Room&meetingID=room-1");
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var slides = new Slides(Length);
        using var body = new StreamContent(slides, 64 * 1024);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/xml");
        if (!chunked) body.Headers.ContentLength = Length;

        var reply = await balancer.Lms.SendAsync(
            HttpMethod.Post, balancer.Lms.Sign(call, "name=Room&meetingID=room-1"), body, request => request.Headers.TransferEncodingChunked = chunked ? true : null);

        Assert.Equal("SUCCESS", reply.Code);
        Assert.Equal((Length, slides.Sha256), (node.Last.Length, node.Last.Sha256));
        Assert.True(slides.MostMemory - before < Most, $"{(slides.MostMemory - before) >> 20} MiB were held");
    }

    /// <summary>A long body out of nothing, which looks at the memory in use while it is read.</summary>
    private sealed class Slides(long length) : Stream
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private long _position;
        private long _nextLook;

        public long MostMemory { get; private set; }

        public string? Sha256 { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => _position;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            if (_position >= _nextLook)
            {
                MostMemory = Math.Max(MostMemory, GC.GetTotalMemory(forceFullCollection: true));
                _nextLook += 20 << 20;
            }

            var read = (int)Math.Min(buffer.Length, length - _position);
            buffer[..read].Fill((byte)('a' + (_position / 4096 % 26)));
            _hash.AppendData(buffer[..read]);
            _position += read;
            if (_position == length) Sha256 ??= Convert.ToHexString(_hash.GetCurrentHash());
            return read;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            Task.FromResult(Read(buffer, offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) _hash.Dispose();
            base.Dispose(disposing);
        }
    }
}
