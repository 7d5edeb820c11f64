using System.ComponentModel.DataAnnotations;

namespace Hal9.Web.Telemetry;

/// <summary>How the product is watched: section <c>Hal9:Telemetry</c>.</summary>
internal sealed class TelemetryOptions
{
    /// <summary>The bearer token with which <c>/metrics</c> may be read; without one only keys and people with that permission may.</summary>
    [MinLength(16, ErrorMessage = "Hal9:Telemetry:MetricsToken must have at least 16 characters.")]
    public string? MetricsToken { get; set; }

    /// <summary>A file that holds the token, for mounted secrets.</summary>
    public string? MetricsTokenFile { get; set; }

    /// <summary>The most different values that one label of one metric may have; further ones are counted as <c>other</c>.</summary>
    [Range(10, 100_000)]
    public int MaxLabelValues { get; set; } = 200;

    /// <summary>Where traces are sent (OTLP); without one none are made.</summary>
    public Uri? OtlpEndpoint { get; set; }

    /// <summary>How they are sent.</summary>
    public OtlpProtocol OtlpProtocol { get; set; } = OtlpProtocol.Grpc;

    /// <summary>Headers sent with them, <c>name=value</c> separated by commas.</summary>
    public string? OtlpHeaders { get; set; }
}

/// <summary>OTLP's transports.</summary>
internal enum OtlpProtocol
{
    /// <summary>gRPC, usually port 4317.</summary>
    Grpc,

    /// <summary>HTTP with protobuf, usually port 4318 and the path <c>/v1/traces</c>.</summary>
    HttpProtobuf,
}
