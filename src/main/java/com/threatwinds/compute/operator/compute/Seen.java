package com.threatwinds.compute.operator.compute;

/**
 * An instance as one call answered it, with the credentials that it was seen with: the proof that
 * they belong to the account that owns it.
 */
public record Seen(Instance instance, Fingerprint credentials) {}
