using System.Buffers.Binary;
using System.Globalization;

namespace Scalelite.EventLog.Sealing.Verifying;

/// <summary>The seals that were written outside the database, of one copy or several, in any order and any number of times; 40 bytes for each line.</summary>
public sealed class OutsideSeals
{
    private const int MostFindings = 1000;

    private readonly List<Entry> _entries = [];
    private readonly List<AuditFinding> _findings = [];
    private readonly HashSet<(string Copy, string Key)> _unknown = [];
    private bool _sorted;

    /// <summary>How many lines were seals.</summary>
    public int Count => _entries.Count;

    /// <summary>Lines that are no seals, the first that each unknown key signed, and those that were changed.</summary>
    public IReadOnlyList<AuditFinding> Findings => _findings;

    /// <summary>Reads the lines of a copy.</summary>
    /// <param name="name">What the copy is called; told with what is wrong.</param>
    /// <param name="keys">With which its seals may be signed.</param>
    public async Task ReadAsync(TextReader copy, string name, IReadOnlyList<SealKey> keys, CancellationToken cancellation = default)
    {
        _sorted = false;
        for (var line = 1L; await copy.ReadLineAsync(cancellation) is { } text; line++)
        {
            if (string.IsNullOrWhiteSpace(text)) continue;
            // A process that was killed while it wrote leaves one; the seal stands whole behind it.
            if (LogSeal.Read(text) is not { } seal)
            {
                Add(AuditFindingKind.LineUnreadable, name, line, "is no seal", null);
                continue;
            }

            var key = keys.FirstOrDefault(key => key.Id == seal.Key);
            if (key is null && _unknown.Add((name, seal.Key)))
                Add(AuditFindingKind.SignatureWrong, name, line, $"and maybe others are signed with the key {seal.Key}, which is neither SECRET_KEY_BASE's nor one of AUDIT_KEYS", seal.Seal);
            if (key is not null && !key.HasSigned(seal)) Add(AuditFindingKind.SignatureWrong, name, line, "was changed: its signature is wrong", seal.Seal);
            else _entries.Add(new Entry(seal.Seal, HashOf(seal), seal.Last, seal.At.UtcTicks));
        }
    }

    /// <summary>The entries of a seal; each is one hash that it had.</summary>
    internal IReadOnlyList<Entry> Of(long seal)
    {
        var found = new List<Entry>();
        for (var i = FirstAtOrAfter(seal); i < _entries.Count && _entries[i].Seal == seal; i++)
            if (!found.Exists(entry => entry.Hash == _entries[i].Hash)) found.Add(_entries[i]);
        return found;
    }

    /// <summary>The last seal outside; null where there is none.</summary>
    internal Entry? Last()
    {
        Sort();
        return _entries.Count == 0 ? null : _entries[^1];
    }

    /// <summary>How many different seals stand outside between two, both included.</summary>
    internal long CountBetween(long first, long last)
    {
        var (count, before) = (0L, long.MinValue);
        for (var i = FirstAtOrAfter(first); i < _entries.Count && _entries[i].Seal <= last; i++)
        {
            if (_entries[i].Seal != before) count++;
            before = _entries[i].Seal;
        }

        return count;
    }

    /// <summary>What an entry keeps of a seal's hash.</summary>
    internal static UInt128 HashOf(LogSeal seal) => BinaryPrimitives.ReadUInt128BigEndian(Convert.FromHexString(seal.Hash));

    private int FirstAtOrAfter(long seal)
    {
        Sort();
        var (low, high) = (0, _entries.Count);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (_entries[middle].Seal < seal) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private void Sort()
    {
        if (!_sorted) _entries.Sort((a, b) => a.Seal.CompareTo(b.Seal));
        _sorted = true;
    }

    private void Add(AuditFindingKind kind, string name, long line, string what, long? seal)
    {
        if (_findings.Count < MostFindings) _findings.Add(new AuditFinding(kind, string.Create(CultureInfo.InvariantCulture, $"line {line} of {name} {what}"), seal));
    }

    /// <summary>One seal as it was written outside.</summary>
    internal readonly record struct Entry(long Seal, UInt128 Hash, long Last, long AtTicks)
    {
        /// <summary>When it was made.</summary>
        public DateTimeOffset At => new(AtTicks, TimeSpan.Zero);
    }
}
