/**
 * JupyterLab's part of the start page: a module federation container, written by hand.
 *
 * A lesson opens ready to be answered, as all cells but those that wait for the trainee run by
 * themselves, and a button leads back to the start page. Without a start page, or in other notebooks, nothing
 * happens.
 */
(() => {
  "use strict";

  const WORDS = {
    zh: { home: "课程首页", hint: "保存这一课，回到课程首页" },
    en: { home: "Course home", hint: "Save this lesson and go back to the course's start page" },
  };

  const STYLE = `
    #clientcourse-home { flex: none; display: flex; align-items: center; padding: 0 8px; }
    #clientcourse-home a {
      border-radius: 6px; padding: 2px 10px; white-space: nowrap; text-decoration: none;
      background: color-mix(in srgb, var(--jp-brand-color1) 78%, #000); color: #fff;
      font: 600 var(--jp-ui-font-size1)/1.6 var(--jp-ui-font-family);
    }
    #clientcourse-home a:hover { filter: brightness(0.92); }
    #clientcourse-home a:focus-visible { outline: 2px solid var(--jp-brand-color1); outline-offset: 2px; }
    .cc-shown > .jp-Cell-inputWrapper { display: none; }
    .cc-shown .jp-OutputPrompt { visibility: hidden; }
  `;

  let shared; // what JupyterLab shares with its extensions, by package and version

  /** Take a package that JupyterLab has loaded itself. */
  async function take(name) {
    const versions = Object.values(shared[name]);
    const one = versions.find((version) => version.loaded) ?? versions[0];
    return (await one.get())();
  }

  async function makePlugin() {
    const [{ CodeCell }, { PageConfig, URLExt }, { INotebookTracker }, { ServerConnection },
      { ITranslator }, { Widget }] = await Promise.all(
      ["cells", "coreutils", "notebook", "services", "translation"]
        .map((name) => `@jupyterlab/${name}`)
        .concat("@lumino/widgets")
        .map(take),
    );
    const start = PageConfig.getOption("clientcourseStart");

    /** Return which cells may run by themselves: source to whether its code can be put away. */
    async function showingCells(panel) {
      const settings = ServerConnection.makeSettings();
      const path = encodeURIComponent(panel.context.localPath);
      const url = `${URLExt.join(settings.baseUrl, "clientcourse/showing")}?path=${path}`;
      const reply = await ServerConnection.makeRequest(url, {}, settings);
      return new Map(reply.ok ? Object.entries((await reply.json()).cells) : []);
    }

    /** Run those cells, from the first to the last, once the kernel is there. */
    async function show(app, panel) {
      await panel.context.ready;
      const showing = await showingCells(panel);
      if (!showing.size) return;
      app.shell.collapseLeft(); // files are no concern of one who answers questions
      await panel.sessionContext.ready;
      const cells = panel.content.widgets
        .map((cell) => [cell, cell.model.sharedModel.getSource()])
        .filter(([cell, source]) => cell.model.type === "code" && showing.has(source));
      for (const [number, [cell, source]] of cells.entries()) {
        if (panel.isDisposed || !panel.sessionContext.session?.kernel) return;
        const reply = await CodeCell.execute(cell, panel.sessionContext).catch(() => undefined);
        const ran = reply?.content.status === "ok";
        // Where it went well, code that is no example tells a trainee nothing.
        cell.toggleClass("cc-shown", ran && showing.get(source));
        if (!ran && number === 0) return; // without the lesson, all others would only complain
      }
    }

    /** Return a button that leads back to the start page. */
    function homeButton(tracker, language) {
      const words = WORDS[language.startsWith("zh") ? "zh" : "en"];
      const link = document.createElement("a");
      link.href = start;
      link.textContent = `← ${words.home}`;
      link.title = words.hint;
      link.addEventListener("click", async (event) => {
        event.preventDefault();
        const saving = [];
        tracker.forEach((panel) => panel.model?.dirty && saving.push(panel.context.save()));
        await Promise.allSettled(saving);
        location.assign(start);
      });
      const widget = new Widget();
      widget.id = "clientcourse-home";
      widget.node.append(link);
      return widget;
    }

    return {
      id: "clientcourse:start",
      description: "Opens lessons ready to be answered, and leads back to the start page",
      autoStart: true,
      requires: [INotebookTracker],
      optional: [ITranslator],
      activate: (app, tracker, translator) => {
        if (!start) return;
        const style = document.createElement("style");
        style.textContent = STYLE;
        document.head.append(style);
        const home = homeButton(tracker, translator?.languageCode ?? "en");
        app.shell.add(home, "top", { rank: 50 }); // before the menus, which a narrow window cuts off
        void app.restored.then(() => app.shell.collapseRight()); // nothing is left in there
        tracker.widgetAdded.connect((_tracker, panel) => void show(app, panel));
      },
    };
  }

  (window._JUPYTERLAB ??= {}).clientcourse = {
    init(scope) {
      shared = scope;
    },
    async get() {
      const plugin = await makePlugin();
      return () => ({ __esModule: true, default: plugin });
    },
  };
})();
