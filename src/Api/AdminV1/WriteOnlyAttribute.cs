namespace Scalelite.Api.AdminV1;

/// <summary>A secret: it is taken and never answered. The document says so.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class WriteOnlyAttribute : Attribute;
