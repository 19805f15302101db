package com.threatwinds.compute.operator.simulator;

/** One header line, as it goes over the wire. */
public record Header(String name, String value) {}
