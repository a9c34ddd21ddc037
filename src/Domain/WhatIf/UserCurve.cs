namespace Scalelite.Domain.WhatIf;

/// <summary>
/// Users of a meeting over its time, made whole again from the points that its end tells: from nobody at the start by straight lines
/// from point to point, each in the middle of its share of the time; the last one holds to the end. Every rise is somebody who joined.
/// Times are milliseconds; every answer is a closed form, so that nothing has to be played through.
/// </summary>
internal sealed class UserCurve
{
    // Where each line begins, the users there, and the joins until then; the first is (start, 0, 0).
    private readonly long[] at;
    private readonly int[] users;
    private readonly int[] joins;

    /// <param name="ends">long.MaxValue for a meeting that goes on: its points then stand over <paramref name="known"/>.</param>
    /// <param name="known">How long the points reach, from the start.</param>
    public UserCurve(long starts, long ends, long known, IReadOnlyList<int> points)
    {
        (Starts, Ends) = (starts, ends);
        at = new long[points.Count + 1];
        users = new int[at.Length];
        joins = new int[at.Length];
        at[0] = starts;
        for (var i = 0; i < points.Count; i++)
        {
            at[i + 1] = starts + (known * ((2L * i) + 1) / (2L * points.Count));
            users[i + 1] = Math.Max(0, points[i]);
            joins[i + 1] = joins[i] + Math.Max(0, users[i + 1] - users[i]);
        }
    }

    private UserCurve(UserCurve of, long ends) => (Starts, Ends, at, users, joins) = (of.Starts, ends, of.at, of.users, of.joins);

    /// <summary>When the node has the meeting.</summary>
    public long Starts { get; }

    /// <summary>When the node has it no more.</summary>
    public long Ends { get; }

    /// <summary>Users inside at a moment.</summary>
    public int UsersAt(long moment)
    {
        if (moment < Starts || moment >= Ends)
            return 0;
        var line = LineAt(moment);
        return line == at.Length - 1 ? users[line] : users[line] + Gone(line, moment);
    }

    /// <summary>How many had joined until a moment.</summary>
    public int JoinsAt(long moment)
    {
        if (moment < Starts)
            return 0;
        var line = LineAt(Math.Min(moment, Ends));
        return line == at.Length - 1 ? joins[line] : joins[line] + Math.Max(0, Gone(line, Math.Min(moment, Ends)));
    }

    /// <summary>A moment after one up to which the number of users stays, at the latest the end; long.MaxValue after it.</summary>
    public long NextChange(long moment) => Next(moment, fallsToo: true);

    /// <summary>A moment after one up to which nobody joins; long.MaxValue if nobody does any more.</summary>
    public long NextJoin(long moment) => Next(moment, fallsToo: false);

    /// <summary>The same until a moment.</summary>
    public UserCurve Until(long moment) => new(this, Math.Min(Ends, moment));

    /// <summary>What is left of it after a moment, on a node where it begins anew.</summary>
    public UserCurve From(long moment)
    {
        var first = Array.FindIndex(at, point => point > moment);
        return first < 0
            ? new UserCurve(moment, Ends, 0, [users[^1]])
            : new UserCurve(moment, Ends, Math.Min(Ends, at[^1]) - moment, users[first..]);
    }

    private long Next(long moment, bool fallsToo)
    {
        if (moment >= Ends)
            return long.MaxValue;
        for (var line = Math.Max(0, LineAt(moment)); line < at.Length - 1; line++)
        {
            var (rise, length) = ((long)users[line + 1] - users[line], at[line + 1] - at[line]);
            if (rise == 0 || (rise < 0 && !fallsToo))
                continue;
            var steps = Math.Abs(rise);
            var done = length == 0 ? 0 : Math.Max(0, moment - at[line]) * steps / length;
            if (done >= steps || (length == 0 && at[line] <= moment))
                continue;
            // The first whole moment at which one more step is done.
            var next = at[line] + ((((done + 1) * length) + steps - 1) / steps);
            return next < Ends ? next : fallsToo ? Ends : long.MaxValue;
        }

        return fallsToo ? Ends : long.MaxValue;
    }

    // The change on a line until a moment, in whole users.
    private int Gone(int line, long moment)
    {
        long rise = users[line + 1] - users[line];
        return rise == 0 ? 0 : (int)(Math.Sign(rise) * ((moment - at[line]) * Math.Abs(rise) / (at[line + 1] - at[line])));
    }

    // The last line that begins at or before a moment.
    private int LineAt(long moment)
    {
        var found = Array.BinarySearch(at, moment);
        if (found < 0)
            return ~found - 1;
        while (found + 1 < at.Length && at[found + 1] == moment)
            found++;
        return found;
    }
}
