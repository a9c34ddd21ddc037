using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Scalelite.Domain.Imports;
using Scalelite.Workers.Configuration;
using Scalelite.Workers.Imports.Archives;
using Xunit;

namespace Scalelite.Workers.Tests.Imports;

public sealed class ArchiveTests : IDisposable
{
    private const string Id = "183f0bf3a0982a127bdb8161e0c44eb696b3e75c-1531155809613";
    private static readonly ImportSettings Limits = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("archive-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(TarEntryFormat.V7)]
    [InlineData(TarEntryFormat.Ustar)]
    [InlineData(TarEntryFormat.Pax)]
    [InlineData(TarEntryFormat.Gnu)]
    public void Every_kind_of_tar_is_read(TarEntryFormat format)
    {
        var found = Check(TarBuilder.Archive(Id, tar => tar.Folder("notes").Folder($"notes/{Id}").File($"notes/{Id}/a.txt", new string('x', 1000)), format: format));
        var notes = Assert.Single(found.Formats);
        Assert.Equal((new ArchivedFormat(Id, "notes"), null), (notes.Format, notes.Refusal));
        Assert.Equal((3, 1000 + 5 + Encoding.UTF8.GetByteCount(TarBuilder.Metadata(Id))), (found.Files, found.Bytes));
    }

    [Theory]
    [InlineData(TarEntryFormat.Pax)]
    [InlineData(TarEntryFormat.Gnu)]
    public async Task Long_names_and_names_of_every_language_are_unpacked(TarEntryFormat format)
    {
        var path = $"{string.Join('/', Enumerable.Repeat("très-long", 30))}/课程.txt";
        await UnpackAsync(TarBuilder.Archive(Id, tar => tar.File($"notes/{Id}/{path}", "content"), format: format));
        Assert.Equal("content", await File.ReadAllTextAsync(Path.Combine(_folder, "out", path)));
    }

    [Fact]
    public async Task What_GNU_tar_writes_is_read()
    {
        var source = Directory.CreateDirectory(Path.Combine(_folder, "source", "notes", Id)).FullName;
        await File.WriteAllTextAsync(Path.Combine(source, "metadata.xml"), TarBuilder.Metadata(Id));
        await File.WriteAllBytesAsync(Path.Combine(source, new string('n', 90)), new byte[70_000]);
        foreach (var kind in (string[])["gnu", "oldgnu", "pax", "posix", "ustar"])
        {
            foreach (var compress in (string[])["-c", "-cz"])
            {
                var archive = Path.Combine(_folder, $"{kind}{compress}.tar");
                using var tar = Process.Start("tar", [compress, $"--format={kind}", "-f", archive, "-C", Path.Combine(_folder, "source"), "./notes"]);
                await tar.WaitForExitAsync();
                Assert.Equal(2, ArchiveCheck.Read(archive, Limits, CancellationToken.None).Files);
            }
        }
    }

    [Fact]
    public void What_is_in_an_archive_stays_in_its_folder()
    {
        Refused("/etc/passwd", "is an absolute path");
        Refused($"notes/{Id}/../../../etc/passwd", "leads out of its folder");
        Refused("..", "leads out of its folder");
        Refused($"notes/{Id}/a\\b", "a character that no name may have");
        Refused($"notes/{Id}/a\nb", "a character that no name may have");
        Refused("readme.txt", "is in no folder of a format and a recording");
        Refused("notes/readme.txt", "is in no folder of a format and a recording");
        Refused($"my notes/{Id}/a", "cannot be a format");
        Refused($"nötes/{Id}/a", "cannot be a format");
        Refused($".notes/{Id}/a", "cannot be a format");
        Refused("notes/a.b/a", "cannot be a recording");
        Refused($"notes/{Id}/{new string('x', 256)}", "is too long");
        Refused($"notes/{Id}/{string.Join('/', Enumerable.Repeat("deep", 600))}", "is too long");
    }

    [Fact]
    public void Only_files_and_folders_are_taken()
    {
        Refused(tar => tar.Link(TarEntryType.SymbolicLink, $"notes/{Id}/a", "/etc/passwd"), "is a symbolic link");
        Refused(tar => tar.Link(TarEntryType.HardLink, $"notes/{Id}/a", $"notes/{Id}/metadata.xml"), "is a hard link");
        Refused(tar => tar.Other(TarEntryType.CharacterDevice, $"notes/{Id}/a"), "is a device");
        Refused(tar => tar.Other(TarEntryType.BlockDevice, $"notes/{Id}/a"), "is a device");
        Refused(tar => tar.Other(TarEntryType.Fifo, $"notes/{Id}/a"), "is a pipe");
        Refused(tar => tar.File($"notes/{Id}/a", "x").File($"notes/{Id}/a/b", "y"), "is a file and a folder");
    }

    [Fact]
    public void Names_that_are_not_UTF_8_are_refused()
    {
        var tar = TarBuilder.Archive(Id, t => t.File($"notes/{Id}/caf\u00e9", "x"));
        var at = tar.AsSpan().IndexOf("caf\u00e9"u8) + 3;
        (tar[at], tar[at + 1]) = (0xE9, (byte)'x');
        Refused(Summed(tar, at / 512 * 512), "is not UTF-8");

        var pax = TarBuilder.Archive(Id, t => t.File($"notes/{Id}/caf\u00e9", "x"), format: TarEntryFormat.Pax);
        for (var i = 0; (i = pax.AsSpan().IndexOf("caf\u00e9"u8)) >= 0;)
        {
            pax[i + 3] = 0xFF;
            if (pax[i / 512 * 512 + 257] == (byte)'u') Summed(pax, i / 512 * 512);
        }

        Refused(pax, "is not UTF-8");
    }

    [Fact]
    public void More_files_or_bytes_than_allowed_are_refused()
    {
        var tar = TarBuilder.Archive(Id, t => t.File($"notes/{Id}/big", new byte[10_000]));
        Refused(tar, "more than 2 files", Limits with { MostFiles = 2 });
        Refused(tar, "more than 9999 bytes", Limits with { MostBytes = 9_999 });
        Assert.Equal(3, Check(tar, Limits with { MostFiles = 3, MostBytes = 20_000 }).Files);
    }

    [Fact]
    public void A_bomb_is_refused_before_it_is_unpacked()
    {
        // 100 GB of zeros: the header alone says so.
        var header = new byte[1024];
        new TarBuilder().File($"notes/{Id}/zeros", "").ToBytes().AsSpan(0, 512).CopyTo(header);
        Encoding.ASCII.GetBytes("77777777777\0").CopyTo(header, 124);
        Refused(Summed(header, 0), "more than 1073741824 bytes", Limits with { MostBytes = 1 << 30 });

        // A gigabyte of extended headers.
        new TarBuilder().File($"notes/{Id}/zeros", "").ToBytes().AsSpan(0, 512).CopyTo(header);
        header[156] = (byte)'x';
        Encoding.ASCII.GetBytes("10000000000\0").CopyTo(header, 124);
        Refused(Summed(header, 0), "extended headers are too long");
    }

    [Fact]
    public void A_compressed_bomb_is_refused_within_the_limit()
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip, TarEntryFormat.Gnu))
        {
            for (var i = 0; i < 64; i++)
            {
                tar.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile, $"notes/{Id}/{i}") { DataStream = new MemoryStream(new byte[1 << 20]) });
            }
        }

        Assert.True(bytes.Length < 1 << 20);
        Refused(bytes.ToArray(), "more than 8388608 bytes", Limits with { MostBytes = 8 << 20 });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_archive_that_is_cut_off_anywhere_is_known_as_such(bool compressed)
    {
        var whole = compressed ? Compressed(TarBuilder.Archive(Id)) : TarBuilder.Archive(Id);
        var end = compressed ? whole.Length : whole.Length - 1024;
        for (var length = 0; length < end; length += length % 512 == 0 || compressed ? 1 : Math.Min(255, 512 - (length % 512)))
        {
            try
            {
                // Of a compressed one the very end may be missing: all of the tar is there.
                Assert.Equal((true, 2), (compressed, Check(whole[..length]).Files));
            }
            catch (ArchiveRefusedException cut)
            {
                Assert.True(cut.EndsEarly, $"{length} of {whole.Length}: {cut.Message}");
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_huge_archive_is_read_in_little_memory(bool compressed)
    {
        var path = Path.Combine(_folder, "huge.tar");
        using (var file = File.Create(path))
        using (var archive = compressed ? new GZipStream(file, CompressionLevel.Fastest) : (Stream)file)
        using (var tar = new TarWriter(archive, TarEntryFormat.Gnu))
        {
            tar.WriteEntry(Entry("metadata.xml", new MemoryStream(Encoding.UTF8.GetBytes(TarBuilder.Metadata(Id)))));
            for (var i = 0; i < 8; i++) tar.WriteEntry(Entry($"{i}.webm", new MemoryStream(new byte[32 << 20])));
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(256L << 20, ArchiveCheck.Read(path, Limits, CancellationToken.None).Bytes - Encoding.UTF8.GetByteCount(TarBuilder.Metadata(Id)));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);

        static GnuTarEntry Entry(string name, Stream content) => new(TarEntryType.RegularFile, $"notes/{Id}/{name}") { DataStream = content };
    }

    [Fact]
    public void What_is_no_archive_is_refused()
    {
        Refused([], "It is empty");
        Refused(Encoding.UTF8.GetBytes(new string('x', 2000)), "no tar archive");
        Refused([0x1F, 0x8B, .. new byte[2000]], "compression is damaged");
        Refused(new byte[10240], "It holds nothing");
        Refused(new TarBuilder().Folder("notes").ToBytes(), "It holds nothing");
        Refused(new TarBuilder().File($"notes/{Id}/notes.pdf", "x").ToBytes(), "There is no metadata.xml in it");
        Refused(TarBuilder.Archive(Id, metadata: "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><recording><id>&a;</id></recording>"), "ill-formed");
        var damaged = TarBuilder.Archive(Id);
        damaged[5] ^= 1;
        Refused(damaged, "a header's sum is wrong");
    }

    [Fact]
    public void Random_bytes_are_refused_and_do_no_harm()
    {
        var random = new Random(7);
        for (var i = 0; i < 300; i++)
        {
            var tar = i % 2 == 0 ? TarBuilder.Archive(Id, format: TarEntryFormat.Pax) : Compressed(TarBuilder.Archive(Id));
            for (var n = 0; n < 1 + (i % 8); n++) tar[random.Next(tar.Length)] = (byte)random.Next(256);
            try
            {
                Check(tar);
            }
            catch (ArchiveRefusedException)
            {
                // As it should be.
            }
        }
    }

    [Fact]
    public async Task A_manifest_names_every_file_and_one_that_the_archive_brings_does_not_count()
    {
        await UnpackAsync(TarBuilder.Archive(Id, tar => tar.File($"notes/{Id}/.manifest.jsonl", "a lie").File($"notes/{Id}/.import", "another")));
        var lines = await File.ReadAllLinesAsync(Path.Combine(_folder, "out", ".manifest.jsonl"));
        Assert.Equal(2, lines.Length);
        Assert.Contains("\"path\":\"metadata.xml\"", lines[0], StringComparison.Ordinal);
        Assert.Contains("\"path\":\"notes.pdf\",\"bytes\":5", lines[1], StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder, "out", ".import")));
    }

    private static byte[] Compressed(byte[] tar)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(tar);
        return bytes.ToArray();
    }

    /// <summary>Puts a header's sum right after it was changed.</summary>
    private static byte[] Summed(byte[] tar, int header)
    {
        tar.AsSpan(header + 148, 8).Fill((byte)' ');
        var sum = 0;
        for (var i = 0; i < 512; i++) sum += tar[header + i];
        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(tar, header + 148);
        return tar;
    }

    private void Refused(string name, string why) => Refused(tar => tar.File(name, "x"), why);

    private void Refused(Action<TarBuilder> add, string why) => Refused(TarBuilder.Archive(Id, add), why);

    private ArchiveRefusedException Refused(byte[] archive, string? why, ImportSettings? limits = null)
    {
        var refused = Assert.Throws<ArchiveRefusedException>(() => Check(archive, limits));
        if (why is not null) Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        return refused;
    }

    private CheckedArchive Check(byte[] archive, ImportSettings? limits = null) => ArchiveCheck.Read(Written(archive), limits ?? Limits, CancellationToken.None);

    private Task UnpackAsync(byte[] archive) => ArchiveUnpacking.UnpackAsync(
        Written(archive), new ArchivedFormat(Id, "notes"), Path.Combine(_folder, "out"), Limits, CancellationToken.None);

    private string Written(byte[] archive)
    {
        var path = Path.Combine(_folder, "archive.tar");
        File.WriteAllBytes(path, archive);
        return path;
    }
}
