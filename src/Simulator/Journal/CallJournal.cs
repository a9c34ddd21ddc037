using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Scalelite.Simulator.Journal;

/// <summary>What a node was asked: the last calls, and counters of all.</summary>
public sealed class CallJournal
{
    private const int MostEnds = 10_000;

    private readonly Lock _gate = new();
    private readonly Queue<JournalEntry> _entries = new();
    private readonly List<JournalEntry> _ends = [];
    private readonly ConcurrentDictionary<string, StrongBox<long>> _counts = new();
    private readonly int _length;
    private long _checksumErrors;

    internal CallJournal(int length) => _length = length;

    /// <summary>The last calls, oldest first.</summary>
    public IReadOnlyList<JournalEntry> Entries
    {
        get
        {
            lock (_gate)
            {
                return [.. _entries];
            }
        }
    }

    /// <summary>Every <c>end</c> that arrived (the first 10,000).</summary>
    public IReadOnlyList<JournalEntry> Ends
    {
        get
        {
            lock (_gate)
            {
                return [.. _ends];
            }
        }
    }

    /// <summary>How often each call arrived.</summary>
    public IReadOnlyDictionary<string, long> Counts => _counts.ToDictionary(c => c.Key, c => Volatile.Read(ref c.Value.Value));

    /// <summary>How many calls arrived.</summary>
    public long Total => _counts.Values.Sum(c => Volatile.Read(ref c.Value));

    /// <summary>How many calls had no checksum or a wrong one.</summary>
    public long ChecksumErrors => Volatile.Read(ref _checksumErrors);

    /// <summary>How often this call arrived.</summary>
    public long Count(string call) => _counts.TryGetValue(call, out var count) ? Volatile.Read(ref count.Value) : 0;

    /// <summary>Forgets entries and counters.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _entries.Clear();
            _ends.Clear();
            _counts.Clear();
            Volatile.Write(ref _checksumErrors, 0);
        }
    }

    internal void Record(in JournalEntry entry)
    {
        Interlocked.Increment(ref _counts.GetOrAdd(entry.Call, static _ => new StrongBox<long>()).Value);
        lock (_gate)
        {
            if (_length > 0)
            {
                if (_entries.Count >= _length)
                {
                    _entries.Dequeue();
                }

                _entries.Enqueue(entry);
            }

            if (entry.Call == "end" && _ends.Count < MostEnds)
            {
                _ends.Add(entry);
            }
        }
    }

    internal void RecordChecksumError() => Interlocked.Increment(ref _checksumErrors);
}
