using System.Security.Cryptography;
using System.Text;
using Scalelite.Domain.Imports;
using Scalelite.Workers.Recordings.Storage;

namespace Scalelite.Workers.Imports;

/// <summary>An archive that a node sends.</summary>
/// <param name="Sha256">Of its bytes, lower-case hex: it tells this archive from a newer one of its name, and is compared at the end.</param>
internal sealed record UploadedArchive(string ServerId, string Name, long Bytes, string Sha256);

/// <summary>What a piece of an upload came to.</summary>
internal abstract record UploadOutcome
{
    /// <summary>All is here, and it is an import.</summary>
    public sealed record Received(Guid Import) : UploadOutcome;

    /// <summary>So many bytes are here; it goes on from there.</summary>
    public sealed record Partly(long Offset) : UploadOutcome;

    /// <summary>Another request writes to it.</summary>
    public sealed record Busy : UploadOutcome;

    /// <summary>What came is not what was announced; it begins anew.</summary>
    public sealed record Wrong(string Why) : UploadOutcome;
}

/// <summary>
/// Archives on their way into the spool by HTTP: <c>.uploads/{key}.part</c> grows, is compared with what was announced, flushed, and renamed
/// to be an import; <c>{key}.done</c> names that for who did not hear of it. <see cref="SpoolWatch"/> removes both after a day.
/// </summary>
internal sealed class SpoolUploads(Spool spool, ImportLedger ledger, ImportSignal due, TimeProvider time)
{
    private static readonly TimeSpan DoneIsTold = TimeSpan.FromHours(1);

    /// <summary>How far an upload is.</summary>
    public UploadOutcome StateOf(UploadedArchive upload)
    {
        var path = PathOf(upload);
        if (Done(path) is { } import) return new UploadOutcome.Received(import);
        var part = new FileInfo(path + ".part");
        return new UploadOutcome.Partly(part.Exists ? part.Length : 0);
    }

    /// <summary>Writes what comes, from an offset on; what has come stays where the rest does not.</summary>
    /// <param name="body">Read to its end.</param>
    /// <exception cref="IOException">The spool cannot be written.</exception>
    public async Task<UploadOutcome> WriteAsync(UploadedArchive upload, long offset, Stream body, CancellationToken cancellation)
    {
        var path = PathOf(upload);
        if (Done(path) is { } import) return new UploadOutcome.Received(import);
        DurableFolders.Make(spool.Uploads);
        FileStream part;
        try
        {
            part = new FileStream(path + ".part", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 0, FileOptions.Asynchronous);
        }
        catch (IOException) when (File.Exists(path + ".part"))
        {
            return new UploadOutcome.Busy();
        }

        await using (part)
        {
            if (part.Length != offset) return new UploadOutcome.Partly(part.Length);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            if (await WriteAsync(part, upload, hash, body, cancellation) is { } unfinished)
            {
                if (unfinished is UploadOutcome.Wrong) File.Delete(path + ".part");
                return unfinished;
            }

            part.Flush(flushToDisk: true);
            return new UploadOutcome.Received(await ReceiveAsync(upload, path, cancellation));
        }
    }

    private static async Task<UploadOutcome?> WriteAsync(
        FileStream part, UploadedArchive upload, IncrementalHash hash, Stream body, CancellationToken cancellation)
    {
        var buffer = new byte[1 << 17];
        int read;
        while ((read = await part.ReadAsync(buffer, cancellation)) > 0) hash.AppendData(buffer, 0, read);
        while ((read = await body.ReadAsync(buffer, cancellation)) > 0)
        {
            if (part.Position + read > upload.Bytes) return new UploadOutcome.Wrong($"more than {upload.Bytes} bytes came");
            await part.WriteAsync(buffer.AsMemory(0, read), cancellation);
            hash.AppendData(buffer, 0, read);
        }

        return part.Length < upload.Bytes ? new UploadOutcome.Partly(part.Length)
            : Convert.ToHexStringLower(hash.GetHashAndReset()) != upload.Sha256 ? new UploadOutcome.Wrong("its SHA-256 is another one")
            : null;
    }

    private async Task<Guid> ReceiveAsync(UploadedArchive upload, string path, CancellationToken cancellation)
    {
        var import = Guid.CreateVersion7(time.GetUtcNow());
        if (!spool.TryTake(path + ".part", upload.Name, import)) throw new FileNotFoundException("The upload was taken away");
        ImportSteps.Reached(ImportSteps.Taken, import);
        await File.WriteAllTextAsync(path + ".done", import.ToString(), CancellationToken.None);
        // Where PostgreSQL does not take it now, the spool is looked through for what is not known.
        await ledger.ReceiveAsync(
            new ArchiveReceived(import, upload.Name, upload.Bytes, ArchiveSource.Upload, upload.ServerId, time.GetUtcNow()), cancellation);
        due.Set();
        return import;
    }

    private Guid? Done(string path)
    {
        var done = new FileInfo(path + ".done");
        return done.Exists && time.GetUtcNow() - done.LastWriteTimeUtc < DoneIsTold && Guid.TryParse(File.ReadAllText(done.FullName), out var import) ? import : null;
    }

    private string PathOf(UploadedArchive upload) => Path.Combine(
        spool.Uploads, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{upload.ServerId}\n{upload.Name}\n{upload.Bytes}\n{upload.Sha256}"))));
}
