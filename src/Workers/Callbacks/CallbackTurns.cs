namespace Scalelite.Workers.Callbacks;

/// <summary>How many callbacks this process sends at a time, in all and to one host: a receiver that is slow keeps nobody else waiting.</summary>
internal sealed class CallbackTurns
{
    /// <summary>In all.</summary>
    public const int Most = 32;

    /// <summary>To one host.</summary>
    public const int MostOfHost = 4;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _hosts = new(StringComparer.OrdinalIgnoreCase);
    private int _all;

    /// <summary>A turn, to be disposed of when the call is over; null where it is not the host's turn.</summary>
    public IDisposable? Take(string host)
    {
        lock (_gate)
        {
            var ofHost = _hosts.GetValueOrDefault(host);
            if (_all >= Most || ofHost >= MostOfHost) return null;
            _all++;
            _hosts[host] = ofHost + 1;
            return new Turn(this, host);
        }
    }

    private void Return(string host)
    {
        lock (_gate)
        {
            _all--;
            if (_hosts[host] == 1) _hosts.Remove(host);
            else _hosts[host]--;
        }
    }

    private sealed class Turn(CallbackTurns turns, string host) : IDisposable
    {
        public void Dispose() => turns.Return(host);
    }
}
