"""The adapter for OpenTelemetry, with the SDK's exporters in memory."""
