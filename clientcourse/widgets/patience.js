// Gives every widget of the page the time that it takes to load; patience.py says why.
async function initialize({ model }) {
  const [name, version] = [model.get("_model_module"), model.get("_model_module_version")];
  const { prototype } = await model.widget_manager.loadClass("AnyModel", name, version);
  if (prototype.isPatient) return; // by another lesson in this page
  prototype.isPatient = true;

  // Those that begin from now on are not given up.
  const begin = prototype.initialize;
  prototype.initialize = function (...details) {
    const timeout = AbortSignal.timeout;
    AbortSignal.timeout = () => new AbortController().signal; // only while this one begins
    try {
      return begin.apply(this, details);
    } finally {
      AbortSignal.timeout = timeout;
    }
  };

  // Those that began before, and may have been given up, hear the kernel nevertheless.
  const hear = Object.getPrototypeOf(prototype)._handle_comm_msg;
  for (const begun of Object.values(model.widget_manager._models ?? {})) {
    begun.then((one) => {
      if (prototype.isPrototypeOf(one)) one.comm?.on_msg((message) => hear.call(one, message));
    });
  }
}

export default { initialize };
