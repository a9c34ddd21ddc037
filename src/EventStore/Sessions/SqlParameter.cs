using Npgsql;

namespace Scalelite.EventStore.Sessions;

/// <summary>Turns the values of a queued command into parameters: enums as text, times in UTC, null as SQL null.</summary>
internal static class SqlParameter
{
    public static NpgsqlParameter Of(object? value) => value switch
    {
        string text => new NpgsqlParameter<string> { TypedValue = text },
        long number => new NpgsqlParameter<long> { TypedValue = number },
        int number => new NpgsqlParameter<int> { TypedValue = number },
        NpgsqlParameter parameter => parameter,
        _ => new NpgsqlParameter { Value = Convert(value) },
    };

    private static object Convert(object? value) => value switch
    {
        null => DBNull.Value,
        Enum name => name.ToString(),
        DateTimeOffset at => at.ToUniversalTime(),
        DateTimeOffset[] times => Array.ConvertAll(times, at => at.ToUniversalTime()),
        DateTimeOffset?[] times => Array.ConvertAll(times, at => at?.ToUniversalTime()),
        Array { Rank: 1 } array when ElementOf(array).IsEnum => Names(array),
        _ => value,
    };

    private static Type ElementOf(Array array)
    {
        var element = array.GetType().GetElementType()!;
        return Nullable.GetUnderlyingType(element) ?? element;
    }

    private static string?[] Names(Array array)
    {
        var names = new string?[array.Length];
        for (var i = 0; i < names.Length; i++) names[i] = array.GetValue(i)?.ToString();
        return names;
    }
}
