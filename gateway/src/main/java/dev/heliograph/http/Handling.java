package dev.heliograph.http;

/** How a route deals with its requests. */
public sealed interface Handling permits Handler, OpenHandler {}
