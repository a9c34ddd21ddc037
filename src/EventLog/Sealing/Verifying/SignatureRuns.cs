using System.Globalization;

namespace Scalelite.EventLog.Sealing.Verifying;

/// <summary>Checks signatures, and tells of many seals in a row that an unknown key signed at once.</summary>
internal sealed class SignatureRuns(IReadOnlyList<SealKey> keys)
{
    private string? _unknown;
    private long _first;
    private long _last;

    /// <summary>What is to be told now that this seal was looked at.</summary>
    public IEnumerable<AuditFinding> Look(LogSeal seal)
    {
        var key = keys.FirstOrDefault(key => key.Id == seal.Key);
        if (_unknown is not null && (key is not null || seal.Key != _unknown))
        {
            yield return End()!;
        }

        if (key is null)
        {
            if (_unknown is null) (_unknown, _first) = (seal.Key, seal.Seal);
            _last = seal.Seal;
        }
        else if (!key.HasSigned(seal))
        {
            yield return new AuditFinding(
                AuditFindingKind.SignatureWrong, string.Create(CultureInfo.InvariantCulture, $"seal {seal.Seal} is not what was signed: its signature is wrong"), seal.Seal);
        }
    }

    /// <summary>What is to be told after the last seal; null if nothing.</summary>
    public AuditFinding? End()
    {
        if (_unknown is null) return null;
        var run = new AuditFinding(
            AuditFindingKind.SignatureWrong,
            string.Create(
                CultureInfo.InvariantCulture,
                $"seals {_first} to {_last} are signed with the key {_unknown}, which is neither SECRET_KEY_BASE's nor one of AUDIT_KEYS"),
            _first);
        _unknown = null;
        return run;
    }
}
