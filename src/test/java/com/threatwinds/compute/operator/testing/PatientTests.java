package com.threatwinds.compute.operator.testing;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Lets every test wait longer than Awaitility's ten seconds for what it waits for: on a machine
 * that does other things beside, they are over soon. JUnit finds it by itself.
 */
public final class PatientTests implements BeforeAllCallback {

  @Override
  public void beforeAll(ExtensionContext context) {
    Awaitility.setDefaultTimeout(Subject.PATIENCE);
  }
}
