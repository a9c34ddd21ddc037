namespace Scalelite.Api.Calls;

/// <summary>The secret that a request was signed with. It is not a record with a printed form: a secret must not slip into a log.</summary>
internal sealed class SigningSecret(string value)
{
    /// <summary>The secret itself.</summary>
    public string Value => value;
}
