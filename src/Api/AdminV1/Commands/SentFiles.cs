using Scalelite.Api.CommandLine;
using Scalelite.Api.CommandLine.Remote;

namespace Scalelite.Api.AdminV1.Commands;

/// <summary>The files of whoever ordered a command: those that came with it, and those that go back. None of this machine's.</summary>
internal sealed class SentFiles(IReadOnlyDictionary<string, string>? sent, CommandFrames frames) : ICommandFiles
{
    public Task<string> ReadAsync(string path, CancellationToken cancellation) =>
        sent?.TryGetValue(path, out var text) == true ? Task.FromResult(text) : throw new FileNotFoundException($"The file '{path}' was not sent along");

    public Stream Create(string path) => new BufferedStream(new FileOnItsWay(path, frames), FileOnItsWay.PartLength);

    private sealed class FileOnItsWay(string path, CommandFrames frames) : Stream
    {
        public const int PartLength = 64 * 1024;

        private long _length;
        private bool _whole;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => _length;

        public override long Position
        {
            get => _length;
            set => throw new NotSupportedException("It is on its way");
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            _length += buffer.Length;
            for (; buffer.Length > 0; buffer = buffer[Math.Min(PartLength, buffer.Length)..])
                frames.Add(new CommandFrame(File: path, Data: buffer[..Math.Min(PartLength, buffer.Length)].ToArray()));
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("It is only written");

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("It is on its way");

        public override void SetLength(long value) => throw new NotSupportedException("It is on its way");

        protected override void Dispose(bool disposing)
        {
            if (disposing && !_whole)
            {
                _whole = true;
                frames.Add(new CommandFrame(File: path));
            }

            base.Dispose(disposing);
        }
    }
}
