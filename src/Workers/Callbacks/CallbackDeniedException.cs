namespace Scalelite.Workers.Callbacks;

/// <summary>The URL of a callback leads where nobody is to be called, now or later; the message says why, without the URL.</summary>
internal sealed class CallbackDeniedException(string message) : Exception(message)
{
    /// <summary>The denial that caused an exception, or null.</summary>
    public static CallbackDeniedException? In(Exception? failure) => failure as CallbackDeniedException ?? (failure is null ? null : In(failure.InnerException));
}
